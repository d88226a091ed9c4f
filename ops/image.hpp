#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

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

// The largest picture that is taken: so large that an int still counts its bytes.
inline constexpr int kMostSide = 1 << 20;
inline constexpr std::int64_t kMostPixels = std::int64_t{1} << 28;

// Whether a picture of that size is taken: it has pixels, and not too many.
constexpr bool is_taken(Size size) {
  return size.height > 0 && size.width > 0 && size.height <= kMostSide && size.width <= kMostSide &&
         std::int64_t{size.height} * size.width <= kMostPixels;
}

// Why a picture of that size is not taken; empty if it is.
std::string what_is_wrong(Size picture);

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
