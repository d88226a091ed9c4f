#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "inflow/pipeline/locked_directory.hpp"

namespace inflow {

// One of `count` equal parts of a job, numbered from 1.
struct OutputShard {
  std::uint64_t number = 1;
  std::uint64_t count = 1;
  bool operator==(const OutputShard&) const = default;

  // Its part of so many units of work: from first(units) to before end(units).
  std::uint64_t first(std::uint64_t units) const { return units * (number - 1) / count; }
  std::uint64_t end(std::uint64_t units) const { return units * number / count; }
};

// Throws UsageError unless it is one of 1 .. count, and no more than the `units` of work, of which
// each is so many samples.
void check(const OutputShard& shard, std::uint64_t units, std::uint64_t samples);

// The name of a file that each shard has of its own: manifest.jsonl of the only one,
// manifest-2-of-8.jsonl of one of several.
std::string name_of(const OutputShard& shard, std::string_view stem, std::string_view ending);

// The lock that it holds while it works: augment-2-of-8.lock for `augment`.
std::string lock_of(const OutputShard& shard, std::string_view lock);

// The path, where shards hold such locks. Throws OutputError if overwriting there would remove what
// other shards wrote.
std::filesystem::path unless_shared(std::filesystem::path path, RunMode mode,
                                    const OutputShard& shard, std::string_view lock);

}  // namespace inflow
