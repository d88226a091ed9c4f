#include "inflow/ops/detail/enhance.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {

// Brightness of AutoAugment's table 6.
Op brightness() {
  return {.name = "brightness",
          .summary = "Multiply every value, black at 0",
          .family = Family::color,
          .domain = kEnhanceDomain,
          .neutral = kEnhanceNeutral,
          .range = kEnhanceRange,
          .apply = [](const Image& in, Image& out, float factor, float, float) {
            adjust_brightness(in, out, factor);
          }};
}

}  // namespace inflow::ops
