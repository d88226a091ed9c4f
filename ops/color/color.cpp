#include "inflow/ops/detail/enhance.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {

// Color of AutoAugment's table 6: the saturation.
Op color() {
  return {.name = "color",
          .summary = "Move every pixel away from its luma, or towards it below 1",
          .family = Family::color,
          .domain = kEnhanceDomain,
          .neutral = kEnhanceNeutral,
          .range = kEnhanceRange,
          .apply = [](const Image& in, Image& out, float factor, float, float) {
            adjust_saturation(in, out, factor);
          }};
}

}  // namespace inflow::ops
