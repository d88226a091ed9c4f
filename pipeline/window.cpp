#include "inflow/pipeline/window.hpp"

namespace inflow {

Box joined(const Box& window, const Box& crop, Size whole) {
  cv::Rect all(window.left, window.top, window.width, window.height);
  all |= cv::Rect(crop.left, crop.top, crop.width, crop.height) &
         cv::Rect(0, 0, whole.width, whole.height);
  return {.top = all.y, .left = all.x, .height = all.height, .width = all.width};
}

int most_shrinking(const Base& base, Size whole) {
  return lies_inside(base.crop, whole) && base.antialias ? most_shrinking(base) : 1;
}

Box in_sample(Box crop, const Sample& sample) {
  crop.top -= sample.window.top;
  crop.left -= sample.window.left;
  return crop;
}

}  // namespace inflow
