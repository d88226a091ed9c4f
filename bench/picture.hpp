#pragma once

#include <cstdint>

#include "inflow/ops/image.hpp"
#include "inflow/ops/random.hpp"

namespace inflow::bench {

// Smooth shapes with a little noise, so that branches and tables see about what a photograph shows
// them.
inline Image picture(Size size, std::uint64_t seed = 1) {
  Image image(size.height, size.width);
  Rng rng({.seed = seed}, Stream::crop);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const int right = x * 160 / size.width;
      const int down = y * 120 / size.height;
      const auto value = [&](int base) {
        return static_cast<std::uint8_t>(base + static_cast<int>(rng.below(24)));
      };
      image(y, x) = {value(40 + right), value(90 + down / 2), value(200 - right / 2 - down)};
    }
  }
  return image;
}

}  // namespace inflow::bench
