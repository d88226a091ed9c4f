#include "inflow/ops/detail/row_kernels.hpp"
#include "inflow/ops/detail/rows.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {

// Invert of AutoAugment's table 6.
Op invert() {
  return {.name = "invert",
          .summary = "Replace every value by 255 minus it",
          .family = Family::color,
          .has_magnitude = false,
          .domain = {.low = 0, .high = 1},
          .range = {.at_zero = 0, .at_one = 1},
          .apply = [](const Image& in, Image& out, float, float, float) {
            out.create(in.size());
            for_each_row(in, out, invert_values);
          }};
}

}  // namespace inflow::ops
