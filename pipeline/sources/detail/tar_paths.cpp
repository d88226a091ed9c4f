#include "inflow/pipeline/sources/detail/tar_paths.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kEndings{".tar", ".tar.gz", ".tgz"};
constexpr std::uint64_t kMostShards = 1'000'000;

// Empty if the file does not end like a shard.
std::string_view ending_of(std::string_view file) {
  const auto found = std::ranges::find_if(
      kEndings, [&](std::string_view ending) { return file.ends_with(ending); });
  return found == kEndings.end() ? "" : *found;
}

void append_folder(const std::string& folder, std::vector<std::string>& paths) {
  std::error_code error;
  std::vector<std::string> found;
  for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    const std::string file = at->path().filename().string();
    if (!file.starts_with('.') && !ending_of(file).empty()) found.push_back(at->path().string());
  }
  if (error) throw InputError("cannot read folder: " + error.message() + ": " + folder);
  if (found.empty()) {
    throw InputError("folder holds no shards: expected files ending in .tar, .tar.gz or .tgz: " +
                     folder);
  }
  std::ranges::sort(found);
  std::ranges::move(found, std::back_inserter(paths));
}

// The number that all of `digits` are.
std::optional<std::uint64_t> number_of(std::string_view digits) {
  std::uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  const bool whole = error == std::errc() && stop == end && !digits.empty();
  return whole ? std::optional(number) : std::nullopt;
}

[[noreturn]] void refuse_range(const std::string& pattern) {
  throw InputError("shards must be named by one range in braces, such as {000..123}, of at most " +
                   std::to_string(kMostShards) + ": " + pattern);
}

// Numbers are as wide as the first is written.
void append_range(const std::string& pattern, std::vector<std::string>& paths) {
  const std::size_t open = pattern.find('{');
  const std::size_t dots = pattern.find("..", open);
  const std::size_t close = pattern.find('}', open);
  if (dots == pattern.npos || close == pattern.npos || dots > close ||
      pattern.find_first_of("{}", close + 1) != pattern.npos)
    refuse_range(pattern);
  const std::string low = pattern.substr(open + 1, dots - open - 1);
  const auto first = number_of(low);
  const auto last = number_of(std::string_view(pattern).substr(dots + 2, close - dots - 2));
  if (!first || !last || *last < *first || *last - *first >= kMostShards) refuse_range(pattern);
  for (std::uint64_t number = *first; number <= *last; ++number) {
    std::string digits = std::to_string(number);
    digits.insert(0, low.size() - std::min(low.size(), digits.size()), '0');
    paths.push_back(pattern.substr(0, open) + digits + pattern.substr(close + 1));
  }
}

fs::path folder_of_all(std::span<const std::string> paths) {
  fs::path common = fs::path(paths.front()).lexically_normal().parent_path();
  for (const std::string& path : paths) {
    const fs::path normal = fs::path(path).lexically_normal();
    fs::path shared;
    for (auto at = common.begin(), other = normal.begin();
         at != common.end() && other != normal.end() && *at == *other; ++at, ++other)
      shared /= *at;
    common = std::move(shared);
  }
  return common;
}

std::string name_of(const std::string& path, const fs::path& folder) {
  const fs::path normal = fs::path(path).lexically_normal();
  const fs::path inside = folder.empty() ? normal : normal.lexically_relative(folder);
  fs::path name;
  for (const fs::path& part : inside.relative_path()) {
    if (part != "..") name /= part;
  }
  std::string text = name.generic_string();
  text.resize(text.size() - ending_of(text).size());
  return text;
}

// Throws InputError if samples of two shards could be called alike.
void expect_apart(std::span<const ShardPath> shards) {
  std::map<fs::path, std::string> paths;
  for (const ShardPath& shard : shards) {
    const auto [found, is_new] = paths.emplace(shard.name, shard.path);
    if (!is_new)
      throw InputError("two shards have one name: " + found->second + " and " + shard.path);
  }
  for (const ShardPath& shard : shards) {
    for (fs::path at = fs::path(shard.name).parent_path(); !at.empty(); at = at.parent_path()) {
      if (const auto found = paths.find(at); found != paths.end()) {
        throw InputError("a shard is called like the folder of another: " + found->second +
                         " and " + shard.path);
      }
    }
  }
}

}  // namespace

std::vector<ShardPath> shards_of(std::span<const std::string> patterns) {
  std::vector<std::string> paths;
  for (const std::string& pattern : patterns) {
    std::error_code error;
    if (fs::is_directory(pattern, error)) {
      append_folder(pattern, paths);
    } else if (pattern.find('{') != pattern.npos) {
      append_range(pattern, paths);
    } else {
      paths.push_back(pattern);
    }
  }
  std::vector<ShardPath> shards;
  if (paths.empty()) return shards;
  const fs::path folder = folder_of_all(paths);
  for (std::string& path : paths) {
    std::string name = name_of(path, folder);
    shards.push_back({.path = std::move(path), .name = std::move(name)});
  }
  expect_apart(shards);
  return shards;
}

}  // namespace inflow
