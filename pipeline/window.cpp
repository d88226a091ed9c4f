#include "inflow/pipeline/window.hpp"

namespace inflow {

Box joined(const Box& window, const Box& crop, Size whole) {
  cv::Rect all(window.left, window.top, window.width, window.height);
  all |= cv::Rect(crop.left, crop.top, crop.width, crop.height) &
         cv::Rect(0, 0, whole.width, whole.height);
  return {.top = all.y, .left = all.x, .height = all.height, .width = all.width};
}

Base in_window(Base base, const Box& window) {
  base.crop.top -= window.top;
  base.crop.left -= window.left;
  return base;
}

}  // namespace inflow
