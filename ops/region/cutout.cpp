#include <algorithm>

#include "inflow/ops/op.hpp"

namespace inflow::ops {
namespace {

// The gray of ImageNet's mean, whatever the data.
const cv::Vec3b kFill{125, 123, 114};

// First and last pixel of the box along an axis of `extent` pixels. The last one belongs to it, and
// may lie one past the picture.
struct Interval {
  int first;
  int last;
};

// MADAug's draw of the center, which leaves the first pixel out: from 1 (excluded) to `extent`.
Interval box_along(int extent, double side, double unit) {
  const double center = extent - (extent - 1) * unit;
  const int first = static_cast<int>(std::max(0.0, center - side / 2));
  return {.first = first, .last = static_cast<int>(std::min<double>(extent, first + side))};
}

}  // namespace

// Cutout of AutoAugment's table 6 as MADAug has it: the side is a fraction of the width in both
// directions, and a box that is not cut off is floor(side) + 1 pixels wide.
Op cutout() {
  return {.name = "cutout",
          .summary = "Cover a square whose side is a fraction of the width with gray",
          .family = Family::region,
          .domain = {.low = 0, .high = 1},
          .neutral = 0,
          .range = {.at_zero = 0, .at_one = 0.2F},
          .apply = [](const Image& in, Image& out, float fraction, float u, float v) {
            in.copyTo(out);
            if (fraction <= 0) return;
            const double side = static_cast<double>(fraction) * in.cols;
            const Interval columns = box_along(in.cols, side, u);
            const Interval rows = box_along(in.rows, side, v);
            for (int y = rows.first; y <= std::min(rows.last, in.rows - 1); ++y) {
              for (int x = columns.first; x <= std::min(columns.last, in.cols - 1); ++x)
                out[y][x] = kFill;
            }
          }};
}

}  // namespace inflow::ops
