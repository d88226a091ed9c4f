#include "inflow/ops/detail/solarize.hpp"

#include "inflow/ops/op.hpp"

namespace inflow::ops {

// Solarize of AutoAugment's table 6. At 256 nothing changes, at 0 everything does: the strength
// falls with the level.
Op solarize() {
  return {.name = "solarize",
          .summary = "Invert every value at or above a threshold",
          .family = Family::color,
          .domain = {.low = 0, .high = 256},
          .neutral = 256,
          .range = {.at_zero = 0, .at_one = 256},
          .apply = [](const Image& in, Image& out, float threshold, float, float) {
            invert_from(threshold, in, out);
          }};
}

}  // namespace inflow::ops
