#include "inflow/ops/detail/enhance.hpp"
#include "inflow/ops/detail/row_kernels.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {
// Sharpness of AutoAugment's table 6, as Pillow: the outermost pixels stay as they are.
Op sharpness() {
  return {.name = "sharpness",
          .summary = "Move every pixel away from its smoothed neighborhood, or towards it below 1",
          .family = Family::color,
          .domain = kEnhanceDomain,
          .neutral = kEnhanceNeutral,
          .range = kEnhanceRange,
          .apply = [](const Image& in, Image& out, float factor, float, float) {
            in.copyTo(out);
            if (in.cols < 3) return;
            const std::size_t count = 3 * static_cast<std::size_t>(in.cols - 2);
            for (int y = 1; y + 1 < in.rows; ++y) {
              enhance_from_smoothed(factor, in.ptr(y - 1) + 3, in.ptr(y) + 3, in.ptr(y + 1) + 3,
                                    out.ptr(y) + 3, count);
            }
          }};
}

}  // namespace inflow::ops
