#include "inflow/pipeline/pool_directory.hpp"

#include <algorithm>
#include <utility>

namespace inflow {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLock = "generate";
constexpr std::string_view kBegin = "begin";

// Whether a part may begin in a directory that is used: there is nothing but what others begin
// with, or their pool, of which it has written nothing yet.
bool may_share(const fs::path& path, const OutputShard& part, const PoolManifest& manifest) {
  if (part.count == 1) return false;
  if (!fs::exists(path / kPoolManifest)) {
    return std::ranges::all_of(fs::directory_iterator(path), [](const fs::directory_entry& entry) {
      const std::string name = entry.path().filename().string();
      return name.starts_with(kLock) || name.starts_with(kBegin) || name == kPoolTrainingImages;
    });
  }
  const std::vector<PoolShard> shards = shards_of(manifest);
  const auto first = shards.begin() + static_cast<std::ptrdiff_t>(part.first(shards.size()));
  const auto end = shards.begin() + static_cast<std::ptrdiff_t>(part.end(shards.size()));
  return std::none_of(first, end,
                      [&](const PoolShard& shard) { return fs::exists(path / shard.file); });
}

// Parts may begin at once: each writes these files in a folder of its own, from where they are put
// in their place whole; whoever comes last puts the same bytes there.
void begin(const fs::path& path, const OutputShard& part, const PoolManifest& manifest,
           const ImageHashes& training_images) {
  const fs::path own = path / name_of(part, kBegin, "");
  make_directory(own, "folder of a pool");
  write_pool_manifest(own, manifest, training_images);
  for (const std::string_view file : {kPoolTrainingImages, kPoolManifest})
    fs::rename(own / file, path / file);
  fs::remove(own);
}

}  // namespace

PoolDirectory::PoolDirectory(fs::path path, RunMode mode, const OutputShard& part,
                             const PoolManifest& manifest, const ImageHashes& training_images)
    : part_(part),
      all_(shards_of(manifest)),
      directory_((check(part, all_.size(), manifest.samples_per_shard),
                  unless_shared(std::move(path), mode, part, kLock)),
                 mode, {.name = "pool directory", .content = "pool", .lock = lock_of(part, kLock)},
                 [&](const fs::path& used) { return may_share(used, part, manifest); }) {
  if (!fs::exists(this->path() / kPoolManifest))
    begin(this->path(), part, manifest, training_images);
}

std::vector<std::uint64_t> PoolDirectory::shards() const {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t at = part_.first(all_.size()); at < part_.end(all_.size()); ++at)
    numbers.push_back(at);
  return numbers;
}

std::vector<std::uint64_t> PoolDirectory::missing() const {
  std::vector<std::uint64_t> numbers = shards();
  std::erase_if(numbers,
                [this](std::uint64_t number) { return fs::exists(path() / shard(number).file); });
  return numbers;
}

}  // namespace inflow
