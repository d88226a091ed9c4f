#include "inflow/pipeline/sources/detail/pixels.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace inflow {
namespace {

// A view of values that only OpenCV's reading functions get.
cv::Mat view_of(const std::uint8_t* from, Size size, int type) {
  return {size.height, size.width, type, const_cast<std::uint8_t*>(from)};
}

// Asks for the memory of a small picture at once. Sets are larger than caches and are read in
// random order, and to wait for one line after the other would take longer than all else that is
// done here.
void expect(const std::uint8_t* from, std::size_t bytes) {
  constexpr std::size_t kLine = 64;
  constexpr std::size_t kSmall = std::size_t{1} << 13;
  for (std::size_t at = 0; at < std::min(bytes, kSmall); at += kLine) __builtin_prefetch(from + at);
}

}  // namespace

void copy_pixels(const std::uint8_t* from, PixelLayout layout, Size size, Image& image) {
  expect(from, layout.bytes(size));
  image.create(size.height, size.width);
  if (layout.channels == 1) {
    cv::cvtColor(view_of(from, size, CV_8UC1), image, cv::COLOR_GRAY2RGB);
  } else if (layout.planes) {
    const std::size_t plane = image.total();
    std::array<cv::Mat, 3> channels{view_of(from, size, CV_8UC1),
                                    view_of(from + plane, size, CV_8UC1),
                                    view_of(from + 2 * plane, size, CV_8UC1)};
    if (layout.bgr) std::swap(channels.front(), channels.back());
    cv::merge(channels.data(), channels.size(), image);
  } else if (layout.bgr) {
    cv::cvtColor(view_of(from, size, CV_8UC3), image, cv::COLOR_BGR2RGB);
  } else {
    view_of(from, size, CV_8UC3).copyTo(image);
  }
}

}  // namespace inflow
