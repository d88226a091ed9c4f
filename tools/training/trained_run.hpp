#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "inflow/tools/training/learner.hpp"
#include "inflow/training/run_directory.hpp"

namespace inflow::tools {

// A run that has come to a checkpoint: its settings, and what it trained with the weights of the
// newest one.
struct TrainedRun {
  RunOptions options;
  Learner learner;
  std::int64_t step = 0;
};

// Locks the directory of a run that was begun before. Throws InputError if there is none.
RunDirectory open_run(const std::filesystem::path& path);

// Throws InputError if there is no checkpoint, UsageError if the run trains a generator.
TrainedRun open_trained_run(const RunDirectory& directory,
                            const std::vector<std::string>& assignments);

// The same of a run of `inflow generate`.
struct TrainedGenerator {
  RunOptions options;
  std::shared_ptr<Diffusion> generator{};
  std::vector<std::string> classes{};  // that a conditional one was told
  std::int64_t step = 0;
  std::string weights{};  // their checksum
};

// Does not lock the directory, so that several processes can draw samples; only a conditional
// generator needs the source it was trained on, for its classes. Throws InputError if it
// is none or there is no checkpoint, UsageError if the run trains something else.
TrainedGenerator open_trained_generator(const std::filesystem::path& path,
                                        const std::vector<std::string>& assignments);

// Writes the encoder with its manifest into a folder.
void export_run(const RunOptions& options, Encoder& encoder, const std::filesystem::path& folder);

}  // namespace inflow::tools
