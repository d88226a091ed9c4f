#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/ops/image.hpp"
#include "inflow/pipeline/image_hashes.hpp"

// A pool is a directory of generated images and of what made them:
//
//   manifest.json         PoolManifest
//   training_images.txt   the hashes of the images that the generator was trained on
//   samples-00000.npz     the first images, `samples_per_shard` of them, as ADM lays them out:
//                         arr_0 of N x height x width x channels bytes, RGB or grey, and, where
//                         there are classes, arr_1 of N labels
//   samples-00001.npz     the next ones, and so on
//
// It holds no times, names of machines or paths, so that equal samplings give equal bytes. Every
// file is there whole or not at all, and a shard depends on nothing but its content, so that any
// process may write any of them.

namespace inflow {

inline constexpr std::string_view kPoolManifest = "manifest.json";
inline constexpr std::string_view kPoolTrainingImages = "training_images.txt";

// What made the images of a pool, and how they lie in its shards.
struct PoolManifest {
  std::string generator;                  // its name: ddpm
  std::string generator_settings = "{}";  // a JSON object
  std::int64_t step = 0;                  // of its training, after which the weights were
  std::string weights;                    // the hash of these
  // What it was trained on: so many images, and ImageHashes::digits() of them.
  std::uint64_t training_images = 0;
  std::string training_hash;
  std::string sampling_settings = "{}";  // a JSON object
  std::uint64_t seed = 0;
  std::uint64_t count = 0;  // of images
  std::uint64_t samples_per_shard = 0;
  Size image;
  int channels = 3;                  // 3 (RGB) or 1 (grey)
  std::vector<std::string> classes;  // by label; empty if there are no labels
  std::string environment = "{}";    // versions and hardware, a JSON object
  int results_version = 0;

  bool operator==(const PoolManifest&) const = default;
};

// One of the files that hold the images.
struct PoolShard {
  std::string file;         // in the directory
  std::uint64_t first = 0;  // image
  std::uint64_t count = 0;
  bool operator==(const PoolShard&) const = default;
};

// The manifest as the content of its file. Throws UsageError that names the key of a value that it
// cannot have.
std::string to_json(const PoolManifest& manifest);

// All shards of a pool, in order; and the files among them that are not there.
std::vector<PoolShard> shards_of(const PoolManifest& manifest);
std::vector<std::string> missing_shards(const std::filesystem::path& directory,
                                        const PoolManifest& manifest);

// Begins a pool in a directory that exists: writes the manifest and the hashes of the generator's
// training images. Throws UsageError for a manifest that read_pool_manifest would refuse, and for
// hashes that are not those it names.
void write_pool_manifest(const std::filesystem::path& directory, const PoolManifest& manifest,
                         const ImageHashes& training_images);

// Throws InputError that names the file, and the key that is missing or has a value it cannot have.
PoolManifest read_pool_manifest(const std::filesystem::path& directory);

// The hashes of the images that the generator was trained on. Throws InputError that names the file
// if they are not those that the manifest names.
ImageHashes read_training_images(const std::filesystem::path& directory,
                                 const PoolManifest& manifest);

// Writes shard `number`: the bytes of its images one after another, and a label each, -1 where
// there is none, if the manifest has classes. Throws UsageError for another number of bytes or
// labels than the shard has, and for labels that are of no class.
void write_pool_shard(const std::filesystem::path& directory, const PoolManifest& manifest,
                      std::uint64_t number, std::span<const std::uint8_t> pixels,
                      std::span<const std::int64_t> labels = {});

}  // namespace inflow
