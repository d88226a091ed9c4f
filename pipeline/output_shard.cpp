#include "inflow/pipeline/output_shard.hpp"

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".lock";

}  // namespace

void check(const OutputShard& shard, std::uint64_t units, std::uint64_t samples) {
  if (shard.number < 1 || shard.number > shard.count) {
    throw UsageError("number of a shard must lie in 1 .. " + std::to_string(shard.count) + ": " +
                     std::to_string(shard.number));
  }
  if (shard.count > units) {
    throw UsageError("more shards than there is to divide: expected at most " +
                     std::to_string(units) + " for units of " + std::to_string(samples) +
                     " samples, found " + std::to_string(shard.count));
  }
}

std::string name_of(const OutputShard& shard, std::string_view stem, std::string_view ending) {
  std::string name(stem);
  if (shard.count > 1) {
    name.append("-").append(std::to_string(shard.number));
    name.append("-of-").append(std::to_string(shard.count));
  }
  return name + std::string(ending);
}

std::string lock_of(const OutputShard& shard, std::string_view lock) {
  return name_of(shard, lock, kEnding);
}

fs::path unless_shared(fs::path path, RunMode mode, const OutputShard& shard,
                       std::string_view lock) {
  if (mode != RunMode::overwrite || !fs::is_directory(path)) return path;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    const bool is_lock = name.starts_with(lock) && name.ends_with(kEnding);
    if (!is_lock || name == lock_of(shard, lock)) continue;
    throw OutputError("overwriting would remove what other shards wrote (" + name +
                      "); remove the directory, or choose another: " + path.string());
  }
  return path;
}

}  // namespace inflow
