#include "inflow/ops/view/detail/crop.hpp"

#include <opencv2/core.hpp>

#include "inflow/ops/detail/grow.hpp"

namespace inflow::ops {

Image cropped(const Image& in, const Box& crop, RenderScratch& scratch) {
  const cv::Rect window(crop.left, crop.top, crop.width, crop.height);
  const cv::Rect seen = window & cv::Rect(0, 0, in.cols, in.rows);
  if (seen == window) return in(window);
  const auto pixels = static_cast<std::size_t>(crop.height) * static_cast<std::size_t>(crop.width);
  Image padded(crop.height, crop.width,
               reinterpret_cast<cv::Vec3b*>(grown(scratch.padded, 3 * pixels)));
  padded.setTo(cv::Scalar::all(0));
  if (seen.empty()) return padded;
  cv::Mat inside = padded(seen - window.tl());
  in(seen).copyTo(inside);
  return padded;
}

}  // namespace inflow::ops
