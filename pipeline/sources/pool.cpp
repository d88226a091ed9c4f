#include "inflow/pipeline/pool.hpp"

#include <filesystem>
#include <optional>
#include <utility>

#include "inflow/pipeline/detail/pool_manifest.hpp"
#include "inflow/pipeline/sources/detail/npy.hpp"
#include "inflow/pipeline/sources/detail/npz_file.hpp"
#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

struct PoolOptions {
  std::string path;

  void describe(auto& visitor) {
    visitor("path", path, "Directory of generated images, as inflow generate sample writes it");
  }
};

void require_all_shards(const fs::path& directory, const PoolManifest& manifest) {
  const std::vector<std::string> missing = missing_shards(directory, manifest);
  if (missing.empty()) return;
  const std::uint64_t count = shard_count(manifest);
  throw InputError("pool is not finished: " + std::to_string(count - missing.size()) + " of " +
                   std::to_string(count) + " shards are there, the first that is missing is " +
                   missing.front() +
                   " (inflow generate sample with --resume goes on): " + directory.string());
}

void expect_shape(const MappedArray& array, NpyValues values,
                  const std::vector<std::uint64_t>& expected) {
  const std::vector<std::uint64_t> found = read_npy(array.bytes, values, array.path).shape;
  if (found == expected) return;
  throw InputError("shard of a pool does not match its manifest: expected an array of " +
                   shape_text(expected) + ", found " + shape_text(found) + ": " + array.path);
}

// The images of a shard, which has the arrays that the manifest says.
std::shared_ptr<const Source> open_shard(const fs::path& directory, const PoolManifest& manifest,
                                         const PoolShard& shard) {
  const NpzFile file((directory / shard.file).string());
  MappedArray images = file.array(std::string(kPoolImages));
  expect_shape(images, NpyValues::bytes, shape_of(manifest, shard.count));
  std::optional<MappedArray> labels;
  if (!manifest.classes.empty()) {
    labels = file.array(std::string(kPoolLabels));
    expect_shape(*labels, NpyValues::integers, {shard.count});
  }
  const std::string path = labels ? labels->path : "";
  auto source = array_source(std::move(images), std::move(labels), ChannelOrder::rgb, {});
  if (source->classes().size() > manifest.classes.size()) {
    throw InputError("shard of a pool has a label of no class: expected below " +
                     std::to_string(manifest.classes.size()) + ", found " +
                     std::to_string(source->classes().size() - 1) + ": " + path);
  }
  return source;
}

class Pool final : public Source {
 public:
  explicit Pool(const fs::path& directory) : manifest_(read_pool_manifest(directory)) {
    require_all_shards(directory, manifest_);
    for (const PoolShard& shard : inflow::shards_of(manifest_))
      shards_.push_back(open_shard(directory, manifest_, shard));
  }

  std::uint64_t size() const override { return manifest_.count; }

  std::span<const std::string> classes() const override { return manifest_.classes; }

  Meta about(std::uint64_t index) const override {
    Meta meta = shard_of(index).about(index % manifest_.samples_per_shard);
    meta.identity = index;
    return meta;
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override {
    return shard_of(index).at(index % manifest_.samples_per_shard, sample, wanted);
  }

  void prefetch(std::uint64_t index) const override {
    shard_of(index).prefetch(index % manifest_.samples_per_shard);
  }

 private:
  const Source& shard_of(std::uint64_t index) const {
    expect_index(index, size());
    return *shards_[index / manifest_.samples_per_shard];
  }

  PoolManifest manifest_;
  std::vector<std::shared_ptr<const Source>> shards_;
};

std::shared_ptr<const Source> make(const PoolOptions& options) {
  if (options.path.empty()) throw UsageError("pool source needs a directory: path");
  return std::make_shared<Pool>(options.path);
}

}  // namespace

SourceEntry pool_source() {
  return catalog_entry("pool", "A directory of generated images, read where they lie", make);
}

}  // namespace inflow
