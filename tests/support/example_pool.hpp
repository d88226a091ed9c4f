#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "inflow/pipeline/pool.hpp"
#include "support/tiny_data.hpp"

namespace inflow::support {

inline constexpr Size kPoolImage{.height = 4, .width = 6};

// A pool of so many images in shards of 7, made of the given training images.
inline PoolManifest pool_manifest(std::uint64_t count, const ImageHashes& training = {},
                                  int channels = 3, std::vector<std::string> classes = {}) {
  return {.generator = "ddpm",
          .generator_settings = R"({"steps":50,"ema":0.999})",
          .step = 1200,
          .weights = "0123456789abcdef0123456789abcdef",
          .training_images = training.size(),
          .training_hash = training.digits(),
          .sampling_settings = R"({"type":"ddim"})",
          .seed = 7,
          .count = count,
          .samples_per_shard = 7,
          .image = kPoolImage,
          .channels = channels,
          .classes = std::move(classes),
          .environment = R"({"torch":"2.13.0"})",
          .results_version = 1};
}

// The pixels of one of its shards: those of picture i are tiny_value(i, 0), tiny_value(i, 1), ...
inline std::vector<std::uint8_t> pool_pixels(const PoolManifest& manifest, const PoolShard& shard) {
  const auto bytes =
      static_cast<std::size_t>(manifest.image.height * manifest.image.width * manifest.channels);
  std::vector<std::uint8_t> pixels;
  for (std::uint64_t image = shard.first; image < shard.first + shard.count; ++image) {
    for (std::size_t value = 0; value < bytes; ++value) pixels.push_back(tiny_value(image, value));
  }
  return pixels;
}

// Labels go round the classes.
inline std::vector<std::int64_t> pool_labels(const PoolManifest& manifest, const PoolShard& shard) {
  std::vector<std::int64_t> labels;
  const auto classes = static_cast<std::uint64_t>(manifest.classes.size());
  for (std::uint64_t i = 0; classes > 0 && i < shard.count; ++i)
    labels.push_back(static_cast<std::int64_t>((shard.first + i) % classes));
  return labels;
}

inline void write_pool_shards(const std::filesystem::path& directory,
                              const PoolManifest& manifest) {
  std::uint64_t number = 0;
  for (const PoolShard& shard : shards_of(manifest)) {
    write_pool_shard(directory, manifest, number++, pool_pixels(manifest, shard),
                     pool_labels(manifest, shard));
  }
}

// All of it, in a folder that is made.
inline void write_pool(const std::filesystem::path& directory, const PoolManifest& manifest,
                       const ImageHashes& training = {}) {
  std::filesystem::create_directories(directory);
  write_pool_manifest(directory, manifest, training);
  write_pool_shards(directory, manifest);
}

}  // namespace inflow::support
