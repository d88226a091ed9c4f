#include "inflow/ops/detail/gather.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {

// TranslateX of AutoAugment's table 6, with the magnitude as a fraction of the width.
Op translate_x() {
  return {.name = "translate_x",
          .summary = "Move to the left by a fraction of the width, black behind",
          .family = Family::geometry,
          .domain = {.low = -1, .high = 1},
          .neutral = 0,
          .range = {.at_zero = -0.45F, .at_one = 0.45F, .either_sign = true},
          .apply = [](const Image& in, Image& out, float fraction, float, float) {
            shift(in, out, static_cast<double>(fraction) * in.cols, 0);
          }};
}

}  // namespace inflow::ops
