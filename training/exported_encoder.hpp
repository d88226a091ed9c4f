#pragma once

#include <filesystem>
#include <memory>

#include "inflow/training/encoder.hpp"
#include "inflow/training/export.hpp"

namespace inflow {

// What export_encoder wrote, to be used again.
struct ExportedEncoder {
  std::shared_ptr<Encoder> encoder;
  EncoderManifest manifest;
};

// Makes the encoder that the manifest in `directory` describes, with the weights beside it. Throws
// InputError that names the file that is missing or damaged, or does not fit the other.
ExportedEncoder read_exported_encoder(const std::filesystem::path& directory);

}  // namespace inflow
