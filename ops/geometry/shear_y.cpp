#include "inflow/ops/detail/gather.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {

// ShearY of AutoAugment's table 6: a positive slope moves every column up, those on the right
// further.
Op shear_y() {
  return {.name = "shear_y",
          .summary = "Shear along the columns, by a slope, about the top left corner",
          .family = Family::geometry,
          .domain = {.low = -10, .high = 10},
          .neutral = 0,
          .range = {.at_zero = -0.3F, .at_one = 0.3F, .either_sign = true},
          .apply = [](const Image& in, Image& out, float slope, float, float) {
            gather(in, out, {.d = slope});
          }};
}

}  // namespace inflow::ops
