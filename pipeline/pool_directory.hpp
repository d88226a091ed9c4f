#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "inflow/pipeline/locked_directory.hpp"
#include "inflow/pipeline/output_shard.hpp"
#include "inflow/pipeline/pool.hpp"

namespace inflow {

// The directory of a pool (pool.hpp) while one of several parts of its files is written. Parts of
// one pool may share it, each with a lock of its own: generate.lock, or generate-2-of-8.lock.
class PoolDirectory {
 public:
  // Throws as LockedDirectory does, OutputError where `overwrite` would remove other parts, and
  // UsageError for a part that there is not. Begins the pool unless there is one; what is resumed,
  // or shared, the caller compares by its manifest.
  PoolDirectory(std::filesystem::path path, RunMode mode, const OutputShard& part,
                const PoolManifest& manifest, const ImageHashes& training_images);

  const std::filesystem::path& path() const { return directory_.path(); }

  // The manifest that is there.
  PoolManifest manifest() const { return read_pool_manifest(path()); }

  // A file of the pool.
  const PoolShard& shard(std::uint64_t number) const {
    return all_[static_cast<std::size_t>(number)];
  }

  // The numbers of this part's files, and of those that are not written yet.
  std::vector<std::uint64_t> shards() const;
  std::vector<std::uint64_t> missing() const;

 private:
  OutputShard part_;
  std::vector<PoolShard> all_;
  LockedDirectory directory_;
};

}  // namespace inflow
