#include "inflow/ops/detail/mirror.hpp"

namespace inflow::ops {

void mirror(const Image& in, Image& out) {
  out.create(in.size());
  for (int y = 0; y < in.rows; ++y) {
    const cv::Vec3b* from = in[y];
    cv::Vec3b* to = out[y];
    for (int left = 0, right = in.cols - 1; left <= right; ++left, --right) {
      const cv::Vec3b leftmost = from[left];
      to[left] = from[right];
      to[right] = leftmost;
    }
  }
}

}  // namespace inflow::ops
