#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "inflow/inflation/diagnostics/embed_views.hpp"
#include "inflow/tools/training/run_options.hpp"

namespace inflow::tools {

// What an encoder makes of images, in evaluation mode and float32. Valid while it lives.
Embedding embedding_of(Encoder& encoder);

// A trained encoder, for looking only.
struct OpenedEncoder {
  std::shared_ptr<torch::nn::Module> owner;  // of the encoder
  Encoder* encoder = nullptr;
  RunOptions wants{};      // views and channels of the images it takes
  std::string checksum{};  // XXH3-128 of its weights
};

// That of a run directory, or of a folder that export_encoder wrote. Throws InputError where `path`
// is neither, or has no weights.
OpenedEncoder open_encoder(const std::filesystem::path& path);

}  // namespace inflow::tools
