#include "inflow/pipeline/pool.hpp"

#include <algorithm>
#include <string_view>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/detail/pool_manifest.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/sinks/detail/npz_bytes.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

// samples-00012.npz
std::string shard_file(std::uint64_t number) {
  constexpr std::size_t kDigits = 5;
  const std::string digits = std::to_string(number);
  return "samples-" + std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits +
         ".npz";
}

PoolShard shard_of(const PoolManifest& manifest, std::uint64_t number) {
  const std::uint64_t first = number * manifest.samples_per_shard;
  return {.file = shard_file(number),
          .first = first,
          .count = std::min(manifest.samples_per_shard, manifest.count - first)};
}

void expect(std::string_view what, std::uint64_t expected, std::uint64_t found,
            const std::string& file) {
  if (found == expected) return;
  throw UsageError("shard of a pool has another number of " + std::string(what) + ": expected " +
                   std::to_string(expected) + ", found " + std::to_string(found) + ": " + file);
}

void check_labels(std::span<const std::int64_t> labels, std::size_t classes,
                  const std::string& file) {
  const auto count = static_cast<std::int64_t>(classes);
  for (const std::int64_t label : labels) {
    if (label >= -1 && label < count) continue;
    throw UsageError("shard of a pool has a label of no class: expected -1 to " +
                     std::to_string(count - 1) + ", found " + std::to_string(label) + ": " + file);
  }
}

}  // namespace

std::vector<PoolShard> shards_of(const PoolManifest& manifest) {
  std::vector<PoolShard> shards;
  for (std::uint64_t number = 0; number < shard_count(manifest); ++number)
    shards.push_back(shard_of(manifest, number));
  return shards;
}

std::vector<std::string> missing_shards(const fs::path& directory, const PoolManifest& manifest) {
  std::vector<std::string> missing;
  for (const PoolShard& shard : shards_of(manifest)) {
    if (!fs::exists(directory / shard.file)) missing.push_back(shard.file);
  }
  return missing;
}

void write_pool_manifest(const fs::path& directory, const PoolManifest& manifest,
                         const ImageHashes& training_images) {
  if (training_images.size() != manifest.training_images ||
      training_images.digits() != manifest.training_hash) {
    throw UsageError("hashes of training images are not those of the pool's manifest: expected " +
                     std::to_string(manifest.training_images) + " images of hash " +
                     manifest.training_hash + ", found " + std::to_string(training_images.size()) +
                     " of " + training_images.digits());
  }
  const std::string json = to_json(manifest);
  write_image_hashes(directory / kPoolTrainingImages, training_images);
  write_whole(directory / kPoolManifest, json);
}

PoolManifest read_pool_manifest(const fs::path& directory) {
  const fs::path file = directory / kPoolManifest;
  return pool_manifest_from_json(read_file(file), file.string());
}

ImageHashes read_training_images(const fs::path& directory, const PoolManifest& manifest) {
  const fs::path file = directory / kPoolTrainingImages;
  ImageHashes hashes = read_image_hashes(file);
  if (hashes.digits() != manifest.training_hash) {
    throw InputError("hashes are not those of the training data in the manifest beside them: " +
                     file.string());
  }
  return hashes;
}

void write_pool_shard(const fs::path& directory, const PoolManifest& manifest, std::uint64_t number,
                      std::span<const std::uint8_t> pixels, std::span<const std::int64_t> labels) {
  if (number >= shard_count(manifest)) {
    throw UsageError("pool has no such shard: expected below " +
                     std::to_string(shard_count(manifest)) + ", found " + std::to_string(number));
  }
  const PoolShard shard = shard_of(manifest, number);
  const bool labeled = !manifest.classes.empty();
  const std::vector<std::uint64_t> shape = shape_of(manifest, shard.count);
  expect("bytes", shape[0] * shape[1] * shape[2] * shape[3], pixels.size(), shard.file);
  expect("labels", labeled ? shard.count : 0, labels.size(), shard.file);
  check_labels(labels, manifest.classes.size(), shard.file);

  std::string images = npy_header("|u1", shape);
  images.append(reinterpret_cast<const char*>(pixels.data()), pixels.size());
  const std::string numbers = npy_integers(labels);
  std::vector<NpzMember> members{{kPoolImages, images}};
  if (labeled) members.push_back({kPoolLabels, numbers});
  write_whole(directory / shard.file, npz_bytes(members));
}

}  // namespace inflow
