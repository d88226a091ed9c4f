#pragma once

#include <rapidcheck.h>

#include "inflow/pipeline/source.hpp"
#include "support/pictures.hpp"

namespace inflow::support {

// A window of a picture of that size, not empty.
inline Box any_window(Size whole) {
  Box window;
  window.top = *rc::gen::inRange(0, whole.height);
  window.left = *rc::gen::inRange(0, whole.width);
  window.height = *rc::gen::inRange(1, whole.height - window.top + 1);
  window.width = *rc::gen::inRange(1, whole.width - window.left + 1);
  return window;
}

// The sample has the pixels of `whole` in all of the window that was wanted.
inline void expect_window(const Sample& sample, const Box& wanted, const Image& whole) {
  const Box& window = sample.window;
  RC_ASSERT(size_of(sample.image) == (Size{.height = window.height, .width = window.width}));
  const cv::Rect place(wanted.left - window.left, wanted.top - window.top, wanted.width,
                       wanted.height);
  RC_ASSERT((place & cv::Rect(0, 0, window.width, window.height)) == place);
  const Image part = whole(cv::Rect(wanted.left, wanted.top, wanted.width, wanted.height));
  RC_ASSERT(same_pixels(sample.image(place), part));
}

}  // namespace inflow::support
