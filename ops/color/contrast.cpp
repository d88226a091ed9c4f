#include "inflow/ops/detail/enhance.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {

// Contrast of AutoAugment's table 6.
Op contrast() {
  return {.name = "contrast",
          .summary = "Move every value away from the mean luma, or towards it below 1",
          .family = Family::color,
          .domain = kEnhanceDomain,
          .neutral = kEnhanceNeutral,
          .range = kEnhanceRange,
          .apply = [](const Image& in, Image& out, float factor, float, float) {
            adjust_contrast(in, out, factor);
          }};
}

}  // namespace inflow::ops
