#include "inflow/pipeline/sources/detail/pixels.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <opencv2/core/hal/hal.hpp>
#include <opencv2/imgproc/hal/hal.hpp>

namespace inflow {

// All lines at once: to wait for one after the other would take longer than all else that is done
// to a small picture.
void prefetch_pixels(const std::uint8_t* from, PixelLayout layout, Size size) {
  constexpr std::uint64_t kLine = 64;
  constexpr std::uint64_t kSmall = std::uint64_t{1} << 13;
  const std::uint64_t bytes = std::min(layout.bytes(size), kSmall);
  for (std::uint64_t at = 0; at < bytes; at += kLine) __builtin_prefetch(from + at);
}

// By OpenCV's loops themselves: what cv::merge() and cv::cvtColor() do around them takes longer for
// a small picture. So do what they do for each row; without gaps all rows are one.
void copy_pixels(const std::uint8_t* from, PixelLayout layout, Size size, Image& image) {
  prefetch_pixels(from, layout, size);
  image.create(size.height, size.width);
  const std::size_t plane = image.total();
  const int rows = image.isContinuous() ? 1 : size.height;
  const int pixels = static_cast<int>(plane) / rows;
  const auto width = static_cast<std::size_t>(pixels);
  if (layout.channels == 1) {
    cv::hal::cvtGraytoBGR(from, width, image.data, image.step, pixels, rows, CV_8U, 3);
    return;
  }
  if (!layout.planes) {
    cv::hal::cvtBGRtoBGR(from, 3 * width, image.data, image.step, pixels, rows, CV_8U, 3, 3,
                         layout.bgr);
    return;
  }
  std::array<const std::uint8_t*, 3> planes{from, from + plane, from + 2 * plane};
  if (layout.bgr) std::swap(planes.front(), planes.back());
  for (int y = 0; y < rows; ++y) {
    cv::hal::merge8u(planes.data(), image.ptr(y), pixels, 3);
    for (const std::uint8_t*& values : planes) values += pixels;
  }
}

}  // namespace inflow
