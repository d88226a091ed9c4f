#include "inflow/ops/view/detail/crop.hpp"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>

#include "inflow/ops/detail/lent_picture.hpp"
#include "inflow/ops/view/detail/side.hpp"

namespace inflow {
namespace ops {
Side side_of(int first, int length, int shrunk) {
  if (shrunk == 1) {
    return {.first = first, .pixels = length, .length = static_cast<double>(length)};
  }
  const double begin = static_cast<double>(first) / shrunk;
  const double floor = std::floor(begin);
  Side side{.first = static_cast<int>(floor),
            .offset = begin - floor,
            .length = static_cast<double>(length) / shrunk};
  side.pixels = static_cast<int>(std::ceil(side.offset + side.length));
  return side;
}

Side columns_of(const Base& base) { return side_of(base.crop.left, base.crop.width, base.shrunk); }

Side rows_of(const Base& base) { return side_of(base.crop.top, base.crop.height, base.shrunk); }

Box window_of(const Base& base) {
  const Side columns = columns_of(base);
  const Side rows = rows_of(base);
  return {.top = rows.first, .left = columns.first, .height = rows.pixels, .width = columns.pixels};
}

Image cropped(const Image& in, const Base& base, RenderScratch& scratch) {
  const Box box = window_of(base);
  const cv::Rect window(box.left, box.top, box.width, box.height);
  const cv::Rect seen = window & cv::Rect(0, 0, in.cols, in.rows);
  if (seen == window) return in(window);
  Image padded = lent_picture(scratch.padded, {.height = window.height, .width = window.width});
  padded.setTo(cv::Scalar::all(0));
  if (seen.empty()) return padded;
  cv::Mat inside = padded(seen - window.tl());
  in(seen).copyTo(inside);
  return padded;
}

}  // namespace ops

int most_shrinking(const Base& base) {
  const int times =
      std::min(base.crop.height / base.size.height, base.crop.width / base.size.width);
  return times >= 8 ? 8 : times >= 4 ? 4 : times >= 2 ? 2 : 1;
}

}  // namespace inflow
