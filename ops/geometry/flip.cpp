#include "inflow/ops/detail/mirror.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {

// MADAug's sixteenth op, which AutoAugment does not have.
Op flip() {
  return {.name = "flip",
          .summary = "Mirror left and right",
          .family = Family::geometry,
          .has_magnitude = false,
          .domain = {.low = 0, .high = 1},
          .range = {.at_zero = 0, .at_one = 1},
          .apply = [](const Image& in, Image& out, float, float, float) { mirror(in, out); }};
}

}  // namespace inflow::ops
