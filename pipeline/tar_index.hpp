#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace inflow {

// A shard of which an index was written.
struct IndexedShard {
  std::string path;
  std::string index;  // the file beside it
  std::uint64_t samples = 0;
};

// Writes beside each shard that `patterns` name, as those of source `tar` do, where its samples
// lie, and tells of each. The source reads that instead of going through all headers, and refuses
// it when size or time of the shard are no longer those it was written for. Throws InputError for
// shards that the source would refuse, RuntimeError for files that cannot be written.
void index_shards(std::span<const std::string> patterns,
                  const std::function<void(const IndexedShard&)>& written);

}  // namespace inflow
