#pragma once

#include <array>
#include <filesystem>
#include <string>

#include "inflow/training/encoder.hpp"

namespace inflow {

// What somebody needs to know to feed an exported encoder.
struct EncoderManifest {
  std::string architecture;  // name and options, as JSON
  int input_size = 0;        // height and width
  std::array<float, 3> mean{};
  std::array<float, 3> stddev{};
  std::string trained_with;  // the resolved settings, as JSON
};

// Writes into `directory`, each file whole or not at all:
//   encoder.safetensors   parameters and buffers by name, float32
//   encoder.pt            TorchScript, in evaluation mode: normalized images N x C x S x S ->
//   features, any N manifest.json         architecture, input size, channels, normalization, class
//   of stem, features, file hashes (XXH3-128)
void export_encoder(Encoder& encoder, const EncoderManifest& manifest,
                    const std::filesystem::path& directory);

}  // namespace inflow
