#pragma once

#include <filesystem>
#include <memory>

#include "inflow/tools/training/pretrain_options.hpp"
#include "inflow/training/run_directory.hpp"

namespace inflow::tools {

// A run that has come to a checkpoint: its settings, and its method with the weights of the newest
// one.
struct TrainedRun {
  PretrainOptions options;
  std::shared_ptr<Method> method;
  std::int64_t step = 0;
};

// Locks the directory of a run that was begun before. Throws InputError if there is none.
RunDirectory open_run(const std::filesystem::path& path);

// Throws InputError if there is no checkpoint.
TrainedRun open_trained_run(const RunDirectory& directory,
                            const std::vector<std::string>& assignments);

// Writes the encoder with its manifest into a folder.
void export_run(const PretrainOptions& options, Encoder& encoder,
                const std::filesystem::path& folder);

}  // namespace inflow::tools
