#include "inflow/pipeline/sources/detail/pixels.hpp"

#include <cstddef>
#include <utility>

namespace inflow {
namespace {

// Where the values of the next pixel lie.
struct Channels {
  const std::uint8_t* red;
  const std::uint8_t* green;
  const std::uint8_t* blue;
};

template <int Step>
void copy_rows(Channels from, Image& image) {
  for (int y = 0; y < image.rows; ++y) {
    cv::Vec3b* const row = image[y];
    for (int x = 0; x < image.cols; ++x) {
      row[x] = {*from.red, *from.green, *from.blue};
      from.red += Step;
      from.green += Step;
      from.blue += Step;
    }
  }
}

}  // namespace

void copy_pixels(const std::uint8_t* from, PixelLayout layout, Size size, Image& image) {
  image.create(size.height, size.width);
  const auto plane = static_cast<std::ptrdiff_t>(image.total());
  const std::ptrdiff_t apart = layout.channels == 1 ? 0 : layout.planes ? plane : 1;
  Channels channels{from, from + apart, from + 2 * apart};
  if (layout.bgr) std::swap(channels.red, channels.blue);
  if (apart == 1) {
    copy_rows<3>(channels, image);
  } else {
    copy_rows<1>(channels, image);
  }
}

}  // namespace inflow
