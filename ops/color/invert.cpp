#include "inflow/ops/detail/table.hpp"
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
            static constexpr Table kInverted = make_table([](int value) { return 255 - value; });
            apply_table(in, out, kInverted);
          }};
}

}  // namespace inflow::ops
