#include "inflow/ops/detail/equalize.hpp"

#include "inflow/ops/op.hpp"

namespace inflow::ops {

// Equalize of AutoAugment's table 6: a channel of one value, or of too few pixels, stays as it is.
Op equalize() {
  return {.name = "equalize",
          .summary = "Spread each channel's values to a flat histogram",
          .family = Family::color,
          .has_magnitude = false,
          .domain = {.low = 0, .high = 1},
          .range = {.at_zero = 0, .at_one = 1},
          .apply = [](const Image& in, Image& out, float, float, float) {
            equalize_channels(in, out);
          }};
}

}  // namespace inflow::ops
