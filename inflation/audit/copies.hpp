#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "inflow/pipeline/inspection.hpp"

namespace inflow {

// An image of a pool and the first one of a real set with the same size and pixels, by their
// indices.
struct Copy {
  std::uint64_t pool = 0;
  std::uint64_t real = 0;

  static void fields(auto& of, auto& visit) {
    visit("pool", of.pool);
    visit("real", of.real);
  }
};

// All images of the pool that are in the real set, by index.
std::vector<Copy> copies(std::span<const HashedImage> pool, std::span<const HashedImage> real);

}  // namespace inflow
