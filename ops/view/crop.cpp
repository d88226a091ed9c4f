#include "inflow/ops/view/detail/crop.hpp"

#include <opencv2/core.hpp>

#include "inflow/ops/detail/lent_picture.hpp"

namespace inflow::ops {

Image cropped(const Image& in, const Box& crop, RenderScratch& scratch) {
  const cv::Rect window(crop.left, crop.top, crop.width, crop.height);
  const cv::Rect seen = window & cv::Rect(0, 0, in.cols, in.rows);
  if (seen == window) return in(window);
  Image padded = lent_picture(scratch.padded, {.height = crop.height, .width = crop.width});
  padded.setTo(cv::Scalar::all(0));
  if (seen.empty()) return padded;
  cv::Mat inside = padded(seen - window.tl());
  in(seen).copyTo(inside);
  return padded;
}

}  // namespace inflow::ops
