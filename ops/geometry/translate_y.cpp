#include "inflow/ops/detail/gather.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {

// TranslateY of AutoAugment's table 6, with the magnitude as a fraction of the height.
Op translate_y() {
  return {.name = "translate_y",
          .summary = "Move up by a fraction of the height, black behind",
          .family = Family::geometry,
          .domain = {.low = -1, .high = 1},
          .neutral = 0,
          .range = {.at_zero = -0.45F, .at_one = 0.45F, .either_sign = true},
          .apply = [](const Image& in, Image& out, float fraction, float, float) {
            shift(in, out, 0, static_cast<double>(fraction) * in.rows);
          }};
}

}  // namespace inflow::ops
