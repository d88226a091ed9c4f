#include "inflow/pipeline/window.hpp"

namespace inflow {

Box joined(const Box& window, const Box& crop, Size whole) {
  cv::Rect all(window.left, window.top, window.width, window.height);
  all |= cv::Rect(crop.left, crop.top, crop.width, crop.height) &
         cv::Rect(0, 0, whole.width, whole.height);
  return {.top = all.y, .left = all.x, .height = all.height, .width = all.width};
}

int most_shrinking(const Base& base, Size whole) {
  const Box& crop = base.crop;
  const bool is_inside = crop.top >= 0 && crop.left >= 0 &&
                         crop.height <= whole.height - crop.top &&
                         crop.width <= whole.width - crop.left;
  return is_inside && base.antialias ? most_shrinking(base) : 1;
}

Box in_sample(Box crop, const Sample& sample) {
  crop.top -= sample.window.top;
  crop.left -= sample.window.left;
  return crop;
}

}  // namespace inflow
