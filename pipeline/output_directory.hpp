#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "inflow/pipeline/locked_directory.hpp"
#include "inflow/pipeline/output_shard.hpp"
#include "inflow/pipeline/run.hpp"

namespace inflow {

// How far a job is.
struct OutputState {
  std::uint64_t unit = 0;  // the next to be written
  bool complete = false;
  LoaderState loader{};  // where that unit begins
  // Bytes of the two lists that belong to what is written.
  std::uint64_t manifest = 0;
  std::uint64_t failure_report = 0;
  // Written so far.
  std::uint64_t samples = 0;
  std::uint64_t pictures = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t failures = 0;  // samples that could not be had
  bool operator==(const OutputState&) const = default;
};

// Whether a file or folder of that name may be in the way of what an output directory, or one of a
// shard, writes beside the pictures.
bool is_file_of_output(std::string_view name);

// The directory of augmented pictures. Beside what the sink writes:
//
//   resolved.yaml    the settings, every default spelt out
//   classes.txt      names of the labels, a line each, if there are any
//   manifest.jsonl   a line a file: path, bytes, XXH3-128, and what its pictures show
//   failures.jsonl   a line a sample that could not be had
//   state.json       how far the job is
//   augment.lock     held by the process that writes
//
// All but the lock hold no times, names of machines or paths of the directory: equal jobs give
// equal bytes, whatever interrupted them. A shard has lists, state and lock of its own:
// manifest-2-of-8.jsonl. Shards may share a directory.
class OutputDirectory {
 public:
  // Throws as LockedDirectory does, and OutputError where `overwrite` would remove other shards.
  // Writes the settings unless there are some; a new shard may share a directory that has the same.
  OutputDirectory(std::filesystem::path path, RunMode mode, OutputShard shard,
                  const std::string& settings);

  const std::filesystem::path& path() const { return directory_.path(); }

  // The file of settings.
  std::filesystem::path settings_path() const;
  void replace_settings(const std::string& settings) const;

  void write_classes(std::span<const std::string> classes) const;

  // The state that was saved last, none if the job was interrupted before; the lists are cut off
  // there. Throws InputError that names the file if it is damaged, or of another shard.
  std::optional<OutputState> restore() const;
  // Once all that was written is on the disk.
  void save(const OutputState& state) const;

  void append_manifest(std::string_view lines) const;
  void append_failures(std::string_view lines) const;
  // All of a list, and a new one in its place.
  std::string manifest() const;
  std::string failure_report() const;
  void replace_manifest(std::string_view content) const;
  void replace_failures(std::string_view content) const;

  // The path of failures.jsonl.
  std::filesystem::path failure_path() const;

 private:
  // A file that all shards have alike, written under a name of this one's own and then renamed.
  void write_for_all(std::string_view stem, std::string_view ending,
                     std::string_view content) const;
  std::filesystem::path file(std::string_view stem, std::string_view ending) const;

  OutputShard shard_;
  LockedDirectory directory_;
};

}  // namespace inflow
