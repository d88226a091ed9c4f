#include "support/tar.hpp"

#include "fuzz/fuzzed.hpp"

// Any bytes, as a shard. Whatever is changed in a header makes its checksum wrong, so the shard is
// tried once more with that put right.

namespace {

using namespace inflow::fuzzed;

void try_shard(std::string_view bytes) {
  const MemoryFile file({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  for (const char* key : {"", "label"})
    try_source({{"type", "tar"}, {"shards", {file.path()}}, {"json_label", key}});
}

std::string with_checksums(std::string bytes) {
  constexpr std::size_t kMagicAt = 257;
  for (std::size_t at = 0; at + inflow::support::kTarBlock <= bytes.size();
       at += inflow::support::kTarBlock) {
    if (bytes.compare(at + kMagicAt, 5, "ustar") == 0) inflow::support::put_tar_checksum(bytes, at);
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  try_shard(bytes);
  if (const std::string other = with_checksums(bytes); other != bytes) try_shard(other);
  return 0;
}
