#include "inflow/pipeline/sources/detail/pixels.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <opencv2/core/hal/hal.hpp>
#include <opencv2/imgproc/hal/hal.hpp>

namespace inflow {
namespace {

// Asks for the memory of a small picture at once. Sets are larger than caches and are read in
// random order, and to wait for one line after the other would take longer than all else that is
// done here.
void expect(const std::uint8_t* from, std::size_t bytes) {
  constexpr std::size_t kLine = 64;
  constexpr std::size_t kSmall = std::size_t{1} << 13;
  for (std::size_t at = 0; at < std::min(bytes, kSmall); at += kLine) __builtin_prefetch(from + at);
}

}  // namespace

// By OpenCV's loops themselves: what cv::merge() and cv::cvtColor() do around them takes longer for
// a small picture.
void copy_pixels(const std::uint8_t* from, PixelLayout layout, Size size, Image& image) {
  expect(from, layout.bytes(size));
  image.create(size.height, size.width);
  const auto width = static_cast<std::size_t>(size.width);
  if (layout.channels == 1) {
    cv::hal::cvtGraytoBGR(from, width, image.data, image.step, size.width, size.height, CV_8U, 3);
    return;
  }
  if (!layout.planes) {
    cv::hal::cvtBGRtoBGR(from, 3 * width, image.data, image.step, size.width, size.height, CV_8U, 3,
                         3, layout.bgr);
    return;
  }
  const std::size_t plane = image.total();
  std::array<const std::uint8_t*, 3> planes{from, from + plane, from + 2 * plane};
  if (layout.bgr) std::swap(planes.front(), planes.back());
  const int rows = image.isContinuous() ? 1 : size.height;
  const int pixels = static_cast<int>(plane) / rows;
  for (int y = 0; y < rows; ++y) {
    cv::hal::merge8u(planes.data(), image.ptr(y), pixels, 3);
    for (const std::uint8_t*& values : planes) values += pixels;
  }
}

}  // namespace inflow
