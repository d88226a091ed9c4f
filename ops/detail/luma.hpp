#pragma once

#include <cstdint>

#include "inflow/ops/image.hpp"

namespace inflow::ops {

// Pillow's luma (ITU-R 601-2) of a pixel at `rgb`: rounded, and exact for grey.
constexpr int luma(const std::uint8_t* rgb) {
  return (19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 32768) >> 16;
}

// The mean luma of a picture, rounded half up.
int mean_luma(const Image& image);

// Every channel becomes the luma. `out` is sized; it may be `in`.
void to_grayscale(const Image& in, Image& out);

}  // namespace inflow::ops
