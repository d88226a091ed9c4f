#include "inflow/ops/detail/table.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {

// Posterize of AutoAugment's table 6; the number of bits is truncated, and without any nothing is
// left but black. The strength falls with the level.
Op posterize() {
  return {.name = "posterize",
          .summary = "Keep only the highest bits of every value",
          .family = Family::color,
          .domain = {.low = 0, .high = 8},
          .neutral = 8,
          .range = {.at_zero = 4, .at_one = 8},
          .apply = [](const Image& in, Image& out, float bits, float, float) {
            const int dropped = 8 - static_cast<int>(bits);
            apply_table(in, out,
                        make_table([&](int value) { return value >> dropped << dropped; }));
          }};
}

}  // namespace inflow::ops
