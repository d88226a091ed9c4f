#include "inflow/pipeline/output_directory.hpp"

#include <algorithm>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/file.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view kSettings = "resolved.yaml";
constexpr std::string_view kLock = "augment";
constexpr std::string_view kLockEnding = ".lock";

struct OwnFile {
  std::string_view stem;
  std::string_view ending;
};
constexpr OwnFile kOwnFiles[] = {{kLock, kLockEnding},   {"classes", ".txt"},
                                 {"failures", ".jsonl"}, {"manifest", ".jsonl"},
                                 {"resolved", ".yaml"},  {"state", ".json"}};

// Whether the directory holds nothing but other shards of the same job.
bool may_share(const fs::path& path, const OutputShard& shard, const std::string& settings) {
  if (shard.count == 1 || fs::exists(path / name_of(shard, "manifest", ".jsonl"))) return false;
  if (fs::exists(path / kSettings)) return read_file(path / kSettings) == settings;
  // Another may have come no further than its lock.
  return std::ranges::all_of(fs::directory_iterator(path), [](const fs::directory_entry& entry) {
    const std::string name = entry.path().filename().string();
    return name.starts_with(kLock) || name.starts_with(fs::path(kSettings).stem().string());
  });
}

std::string to_json(const OutputState& state, const OutputShard& shard) {
  Json json{{"shard", std::to_string(shard.number) + "/" + std::to_string(shard.count)},
            {"complete", state.complete},
            {"samples", state.samples},
            {"pictures", state.pictures},
            {"files", state.files},
            {"bytes", state.bytes},
            {"failures", state.failures}};
  if (!state.complete) {
    json["unit"] = state.unit;
    json["manifest"] = state.manifest;
    json["failure_report"] = state.failure_report;
    json["loader"] = Json::parse(inflow::to_json(state.loader));
  }
  return json.dump(2) + "\n";
}

OutputState state_from_json(const std::string& text, const OutputShard& shard) {
  const Json json = Json::parse(text);
  const std::string expected = std::to_string(shard.number) + "/" + std::to_string(shard.count);
  if (json.at("shard") != expected)
    throw InputError("is of shard " + json.at("shard").get<std::string>() + ", not " + expected);
  OutputState state;
  state.complete = json.at("complete");
  state.samples = json.at("samples");
  state.pictures = json.at("pictures");
  state.files = json.at("files");
  state.bytes = json.at("bytes");
  state.failures = json.at("failures");
  if (state.complete) return state;
  state.unit = json.at("unit");
  state.manifest = json.at("manifest");
  state.failure_report = json.at("failure_report");
  state.loader = loader_state_from_json(json.at("loader").dump());
  return state;
}

// Makes a list that is longer end where the state does.
void cut_off(const fs::path& path, std::uint64_t size) {
  const File file(path, O_WRONLY | O_CREAT);
  if (file.size() < size) {
    throw InputError("file is shorter than the state beside it says: expected " +
                     std::to_string(size) + " bytes, found " + std::to_string(file.size()) +
                     " bytes: " + path.string());
  }
  file.truncate(size);
}

}  // namespace

bool is_file_of_output(std::string_view name) {
  if (name.ends_with(".part")) name.remove_suffix(std::string_view(".part").size());
  return std::ranges::any_of(kOwnFiles, [&](const OwnFile& file) {
    if (!name.starts_with(file.stem) || !name.ends_with(file.ending)) return false;
    const std::string_view rest = name.substr(file.stem.size());
    return rest == file.ending || rest.starts_with('-');
  });
}

OutputDirectory::OutputDirectory(fs::path path, RunMode mode, OutputShard shard,
                                 const std::string& settings)
    : shard_(shard),
      directory_(
          unless_shared(std::move(path), mode, shard, kLock), mode,
          {.name = "output directory", .content = "job of augment", .lock = lock_of(shard, kLock)},
          [&](const fs::path& used) { return may_share(used, shard, settings); }) {
  if (!fs::exists(settings_path())) replace_settings(settings);
}

fs::path OutputDirectory::settings_path() const { return path() / kSettings; }

void OutputDirectory::replace_settings(const std::string& settings) const {
  write_for_all("resolved", ".yaml", settings);
}

void OutputDirectory::write_classes(std::span<const std::string> classes) const {
  std::string text;
  for (const std::string& name : classes) text += name + "\n";
  if (!text.empty()) write_for_all("classes", ".txt", text);
}

std::optional<OutputState> OutputDirectory::restore() const {
  const fs::path path = file("state", ".json");
  if (!fs::exists(path)) {
    cut_off(file("manifest", ".jsonl"), 0);
    cut_off(failure_path(), 0);
    return std::nullopt;
  }
  try {
    const OutputState state = state_from_json(read_file(path), shard_);
    if (state.complete) return state;
    cut_off(file("manifest", ".jsonl"), state.manifest);
    cut_off(failure_path(), state.failure_report);
    return state;
  } catch (const Json::exception&) {
    throw InputError("state of the output is damaged: " + path.string());
  } catch (const UsageError& error) {
    throw InputError("state of the output cannot be used: " + std::string(error.what()) + ": " +
                     path.string());
  }
}

void OutputDirectory::save(const OutputState& state) const {
  sync_file_system(path());
  write_whole(file("state", ".json"), to_json(state, shard_));
}

void OutputDirectory::append_manifest(std::string_view lines) const {
  append_whole(file("manifest", ".jsonl"), lines);
}

void OutputDirectory::append_failures(std::string_view lines) const {
  append_whole(failure_path(), lines);
}

std::string OutputDirectory::manifest() const { return read_file(file("manifest", ".jsonl")); }

std::string OutputDirectory::failure_report() const { return read_file(failure_path()); }

void OutputDirectory::replace_manifest(std::string_view content) const {
  write_whole(file("manifest", ".jsonl"), content);
}

void OutputDirectory::replace_failures(std::string_view content) const {
  write_whole(failure_path(), content);
}

fs::path OutputDirectory::failure_path() const { return file("failures", ".jsonl"); }

void OutputDirectory::write_for_all(std::string_view stem, std::string_view ending,
                                    std::string_view content) const {
  write_whole(file(stem, ending), content);
  rename_file(file(stem, ending), path() / name_of({}, stem, ending));
}

fs::path OutputDirectory::file(std::string_view stem, std::string_view ending) const {
  return path() / name_of(shard_, stem, ending);
}

}  // namespace inflow
