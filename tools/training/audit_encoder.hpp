#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "inflow/inflation/diagnostics/embed_views.hpp"
#include "inflow/tools/program.hpp"
#include "inflow/tools/training/run_options.hpp"
#include "inflow/training/trainer.hpp"

namespace inflow::tools {

// A trained encoder, for looking only.
struct AuditEncoder {
  std::shared_ptr<torch::nn::Module> owner;  // of the encoder
  Encoder* encoder = nullptr;
  RunOptions wants{};      // views and channels of the images it takes
  std::string checksum{};  // XXH3-128 of its weights

  // In evaluation mode and float32. Valid while this object lives.
  Embedding embedding() const;
};

// That of a run directory, or of a folder that export_encoder wrote. Throws InputError where `path`
// is neither, or has no weights.
AuditEncoder open_encoder(const std::filesystem::path& path);

// Throws UsageError for what training with these options would refuse.
void check_training(const RunOptions& options, std::shared_ptr<const Source> source);

// Trains the encoder of `options` on the images of `source` in a run directory, or goes on where a
// run there stopped, until it is finished or told to stop. The directory is then one that
// open_encoder opens.
RunEnding train_encoder(const RunOptions& options, std::shared_ptr<const Source> source,
                        const std::filesystem::path& directory, const Program& program);

}  // namespace inflow::tools
