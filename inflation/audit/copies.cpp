#include "inflow/inflation/audit/copies.hpp"

#include <algorithm>

namespace inflow {

std::vector<Copy> copies(std::span<const HashedImage> pool, std::span<const HashedImage> real) {
  std::vector<HashedImage> known(real.begin(), real.end());
  std::ranges::sort(known);
  std::vector<Copy> found;
  for (const HashedImage& image : pool) {
    const auto at = std::ranges::lower_bound(known, image.hash, {}, &HashedImage::hash);
    if (at != known.end() && at->hash == image.hash)
      found.push_back({.pool = image.index, .real = at->index});
  }
  std::ranges::sort(found, {}, &Copy::pool);
  return found;
}

}  // namespace inflow
