#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "inflow/pipeline/locked_directory.hpp"
#include "inflow/training/checkpoint.hpp"

namespace inflow {

// The directory of one training run:
//
//   resolved.yaml    the settings, every default spelt out
//   versions.json    of inflow and the libraries, the command line, the processor
//   metrics.jsonl    a line a step: step, loss, learning rate, norm of a gradient that is clipped,
//                    share of real samples in a mixture, measures of the objective; the same bytes
//                    in every repetition
//   timings.jsonl    what differs between repetitions: images a second, waiting, memory
//   checkpoints/     step-<n>.checkpoint, the newest `keep` of them
//   holdout.jsonl    a line for each evaluation of a classifier on what is held out
//   curves.csv       the same as a table, beside the loss of training
//   evaluation.json  the table of results
//   report.html
//   export/
//   run.lock         held by the process that uses the directory; its presence marks a run's
//
// One process may use it at a time.
class RunDirectory {
 public:
  // Locks the directory. `fresh` refuses a directory that is not empty, `overwrite` empties one
  // that holds a run (and refuses any other), `resume` needs one that holds a run. Throws
  // OutputError that names the path, and says what to do, where it is refused or another process
  // uses it.
  RunDirectory(std::filesystem::path path, RunMode mode);

  const std::filesystem::path& path() const { return directory_.path(); }

  // Writes a file of the directory whole or not at all.
  void write(std::string_view name, std::string_view content) const;
  std::string read(std::string_view name) const;

  // Appends a line, which must hold no line break, whole or not at all.
  void append(std::string_view name, std::string_view line) const;

  // Keeps the first `lines` lines, so that the file is as it was when a checkpoint was written.
  // Throws InputError if it has fewer.
  void keep_lines(std::string_view name, std::int64_t lines) const;

  // Writes a checkpoint once the lines of every file appended to are on the disk, then removes all
  // but the newest `keep`.
  void save(const Checkpoint& checkpoint, int keep) const;

  // As newest_checkpoint().
  std::optional<Checkpoint> newest() const;

 private:
  LockedDirectory directory_;
};

// The newest checkpoint of a run, which another process may be using; none if there is none. Throws
// InputError if it is damaged, which also names the newest older one that can be used once the
// damaged file is removed.
std::optional<Checkpoint> newest_checkpoint(const std::filesystem::path& run);

}  // namespace inflow
