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

// Throws InputError if there is no checkpoint.
TrainedRun open_trained_run(const RunDirectory& directory,
                            const std::vector<std::string>& assignments);

// Writes the encoder with its manifest into a folder.
void export_run(const RunOptions& options, Encoder& encoder, const std::filesystem::path& folder);

}  // namespace inflow::tools
