#include "inflow/ops/detail/gather.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {

// ShearX of AutoAugment's table 6: a positive slope moves every row to the left, lower ones
// further.
Op shear_x() {
  return {.name = "shear_x",
          .summary = "Shear along the rows, by a slope, about the top left corner",
          .family = Family::geometry,
          .domain = {.low = -10, .high = 10},
          .neutral = 0,
          .range = {.at_zero = -0.3F, .at_one = 0.3F, .either_sign = true},
          .apply = [](const Image& in, Image& out, float slope, float, float) {
            gather(in, out, {.b = slope});
          }};
}

}  // namespace inflow::ops
