#pragma once

#include <cstdint>

#include "inflow/ops/image.hpp"

namespace inflow {

// How the values of a picture lie in memory, a byte each and without gaps.
struct PixelLayout {
  int channels = 3;     // 3, or 1, which is widened to three
  bool planes = false;  // one channel after another, instead of pixel after pixel
  bool bgr = false;

  std::uint64_t bytes(Size size) const {
    return static_cast<std::uint64_t>(channels) * static_cast<std::uint64_t>(size.height) *
           static_cast<std::uint64_t>(size.width);
  }
};

// Asks for the memory of a picture, unless it is large, so that copy_pixels() need not wait for it.
void prefetch_pixels(const std::uint8_t* from, PixelLayout layout, Size size);

// Copies the picture of that size at `from` into `image`, whose memory is used again.
void copy_pixels(const std::uint8_t* from, PixelLayout layout, Size size, Image& image);

}  // namespace inflow
