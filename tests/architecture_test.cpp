// Which file may include what, read from cmake/modules.json, the table the build itself is made
// from. The build keeps modules apart by what each can see; this covers what it cannot: outside
// libraries that stand in the system's include path, and the names of files.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

using Names = std::set<std::string>;

struct Include {
  std::string file;  // relative to the root of the tree
  int line = 0;
  std::string header;  // as it is spelt between the quotes or brackets
};

struct Table {
  // By module: itself and all it may include.
  std::map<std::string, Names> sees;
  // By the start of an outside header: the places that may name it.
  std::vector<std::pair<std::string, Names>> doors;
  // Starts of outside headers that no header of ours may name.
  Names source_only;
};

Table read_table() {
  std::ifstream file(INFLOW_SOURCE_DIR "/cmake/modules.json");
  const auto json = nlohmann::json::parse(file);
  Table table;
  for (const auto& module : json.at("modules")) {
    const std::string folder = module.at("folder");
    Names& sees = table.sees[folder];
    sees.insert(folder);
    for (const std::string dependency : module.at("depends")) {
      sees.merge(Names(table.sees.at(dependency)));
    }
  }
  for (const auto& door : json.at("doors")) {
    table.doors.emplace_back(door.at("header"), door.at("places").get<Names>());
  }
  table.source_only = json.at("source_only").get<Names>();
  return table;
}

const Table& table() {
  static const Table table = read_table();
  return table;
}

// Whether `path` is `place` or lies in it.
bool is_in(std::string_view path, std::string_view place) {
  return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
}

// The module a path belongs to: the one with the longest name that holds it; empty if none does.
std::string module_of(std::string_view path) {
  std::string longest;
  for (const auto& [folder, sees] : table().sees) {
    if (is_in(path, folder) && folder.size() > longest.size()) {
      longest = folder;
    }
  }
  return longest;
}

// What is wrong with one include, or nothing.
std::string complaint_about(const Include& include) {
  const std::string place = include.file + ":" + std::to_string(include.line) + ": ";
  if (include.header.find("../") != std::string::npos) {
    return place + "an include may not climb: " + include.header;
  }
  if (const std::string own = "inflow/"; include.header.starts_with(own)) {
    const std::string from = module_of(include.file);
    const std::string to = module_of(include.header.substr(own.size()));
    if (!from.empty() && !table().sees.at(from).contains(to)) {
      return place + from + "/ may not include " + include.header;
    }
    return {};
  }
  for (const auto& [header, places] : table().doors) {
    const bool allowed = std::any_of(places.begin(), places.end(),
                                     [&](const auto& at) { return is_in(include.file, at); });
    if (include.header.starts_with(header) && !allowed) {
      return place + "this library has no door here: " + include.header;
    }
  }
  for (const std::string& header : table().source_only) {
    if (include.file.ends_with(".hpp") && include.header.starts_with(header)) {
      return place + "only sources may include " + include.header;
    }
  }
  return {};
}

// Our sources and headers in `folders`, relative to the root of the tree, in order.
std::vector<std::string> files_in(const Names& folders) {
  const fs::path root = INFLOW_SOURCE_DIR;
  std::vector<std::string> files;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const fs::path extension = entry.path().extension();
      if (extension == ".hpp" || extension == ".cpp") {
        files.push_back(entry.path().lexically_relative(root).generic_string());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The modules and the program: what the doors hold for. Tests and benchmarks are free.
Names product() {
  Names folders{"tools"};
  for (const auto& [folder, sees] : table().sees) {
    folders.insert(folder);
  }
  return folders;
}

std::vector<Include> includes_of(const std::string& name) {
  static const std::regex directive(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<Include> includes;
  std::ifstream file(fs::path(INFLOW_SOURCE_DIR) / name);
  std::smatch match;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (std::regex_search(line, match, directive)) {
      includes.push_back({.file = name, .line = number, .header = match[1]});
    }
  }
  return includes;
}

std::vector<std::string> complaints_about(const std::vector<std::string>& files) {
  std::vector<std::string> complaints;
  for (const std::string& name : files) {
    for (const Include& include : includes_of(name)) {
      if (std::string complaint = complaint_about(include); !complaint.empty()) {
        complaints.push_back(std::move(complaint));
      }
    }
  }
  return complaints;
}

bool is_well_named(const fs::path& file) {
  static const std::regex words("[a-z][a-z0-9]*(_[a-z0-9]+)*");
  static const Names banned{"utils", "util",    "helpers", "helper", "common",
                            "misc",  "manager", "base",    "impl"};
  const std::string stem = file.stem().string();
  return std::regex_match(stem, words) && !banned.contains(stem);
}

TEST(ArchitectureTest, EveryIncludeIsOneTheTableAllows) {
  const std::vector<std::string> files = files_in(product());
  ASSERT_THAT(files, testing::Contains("ops/image.hpp"));
  EXPECT_THAT(complaints_about(files), IsEmpty());
}

TEST(ArchitectureTest, TestsAndBenchmarksIncludeWithoutClimbing) {
  std::vector<std::string> complaints;
  for (const std::string& name : files_in({"tests", "bench"})) {
    for (const Include& include : includes_of(name)) {
      if (include.header.find("../") != std::string::npos) {
        complaints.push_back(complaint_about(include));
      }
    }
  }
  EXPECT_THAT(complaints, IsEmpty());
}

TEST(ArchitectureTest, AnIncludeFromAHigherModuleIsAComplaint) {
  EXPECT_EQ(complaint_about({.file = "ops/op.cpp", .line = 3, .header = "inflow/pipeline/run.hpp"}),
            "ops/op.cpp:3: ops/ may not include inflow/pipeline/run.hpp");
  EXPECT_EQ(complaint_about({.file = "pipeline/run.cpp", .line = 3, .header = "inflow/ops/op.hpp"}),
            "");
}

TEST(ArchitectureTest, AnOutsideLibraryPastItsDoorIsAComplaint) {
  EXPECT_EQ(complaint_about({.file = "ops/op.cpp", .line = 1, .header = "torch/torch.h"}),
            "ops/op.cpp:1: this library has no door here: torch/torch.h");
  EXPECT_EQ(complaint_about({.file = "pipeline/sources/idx.cpp", .line = 1, .header = "zlib.h"}),
            "");
}

TEST(ArchitectureTest, JsonInAHeaderIsAComplaint) {
  EXPECT_EQ(complaint_about({.file = "ops/op.hpp", .line = 1, .header = "nlohmann/json.hpp"}),
            "ops/op.hpp:1: only sources may include nlohmann/json.hpp");
  EXPECT_EQ(complaint_about({.file = "ops/op.cpp", .line = 1, .header = "nlohmann/json.hpp"}), "");
}

TEST(ArchitectureTest, FilesAreNamedAfterWhatTheyHold) {
  std::vector<std::string> misnamed;
  Names folders = product();
  folders.insert({"tests", "bench"});
  for (const std::string& name : files_in(folders)) {
    if (!is_well_named(name)) {
      misnamed.push_back(name);
    }
  }
  EXPECT_THAT(misnamed, IsEmpty());
  EXPECT_FALSE(is_well_named("ops/utils.hpp"));
  EXPECT_FALSE(is_well_named("ops/ShearX.cpp"));
}

// Headers that Highway compiles again for each kind of vectors have its switch instead.
std::string guard_of(const std::string& header) {
  return header.ends_with("_inl.hpp") ? "== defined(HWY_TARGET_TOGGLE)\n" : "#pragma once\n";
}

TEST(ArchitectureTest, HeadersAreGuarded) {
  std::vector<std::string> unguarded;
  for (const std::string& name : files_in(product())) {
    if (!name.ends_with(".hpp")) continue;
    std::ifstream file(fs::path(INFLOW_SOURCE_DIR) / name);
    const std::string start(std::istreambuf_iterator<char>(file), {});
    const std::size_t guard = start.find(guard_of(name));
    if (guard == std::string::npos || guard > start.find("#include")) unguarded.push_back(name);
  }
  EXPECT_THAT(unguarded, IsEmpty());
}

TEST(ArchitectureTest, AFileBelongsToTheModuleWithTheLongestName) {
  EXPECT_EQ(module_of("pipeline/sources/idx.cpp"), "pipeline");
  EXPECT_EQ(module_of("pipelines/idx.cpp"), "");
  EXPECT_THAT(table().sees.at("policies"), ElementsAre("ops", "policies"));
}

}  // namespace
