#pragma once

#include <cstddef>
#include <cstdint>

#include <opencv2/core/mat.hpp>

namespace inflow {

// A picture: 8 bits, three channels, RGB order (BGR never travels), rows perhaps apart in memory.
// Copies of an Image share pixels and `const` does not protect them: ops take `const Image&` and
// fill an `Image&`, nobody keeps a borrowed one, and keeping a picture means `clone()`.
using Image = cv::Mat3b;

// Height and width in pixels.
struct Size {
  int height = 0;
  int width = 0;
  bool operator==(const Size&) const = default;
};

inline Size size_of(const Image& image) { return {.height = image.rows, .width = image.cols}; }

// What the pixels of a plane mean, and so which draws move them: a geometry draw moves all, a color
// draw images only.
enum class Kind : std::uint8_t { image, mask, raster };

// How a value is stored.
enum class Depth : std::uint8_t { u8, u16, f32 };

// One plane of a sample, without its pixels. A size of zero means "differs from sample to sample".
struct Spec {
  Kind kind = Kind::image;
  Depth depth = Depth::u8;
  int channels = 3;
  Size size;
  bool operator==(const Spec&) const = default;
};

}  // namespace inflow
