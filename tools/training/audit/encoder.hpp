#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "inflow/tools/program.hpp"
#include "inflow/tools/training/run_options.hpp"
#include "inflow/training/trainer.hpp"

namespace inflow::tools {

// Throws UsageError for what training with these options would refuse.
void check_training(const RunOptions& options, std::shared_ptr<const Source> source);

// Trains the encoder of `options` on the images of `source` in a run directory, or goes on where a
// run there stopped, until it is finished or told to stop. The directory is then one that
// open_encoder opens.
RunEnding train_encoder(const RunOptions& options, std::shared_ptr<const Source> source,
                        const std::filesystem::path& directory, const Program& program);

}  // namespace inflow::tools
