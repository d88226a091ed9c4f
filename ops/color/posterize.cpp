#include "inflow/ops/detail/row_kernels.hpp"
#include "inflow/ops/detail/rows.hpp"
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
            out.create(in.size());
            const auto kept = static_cast<std::uint8_t>(0xff00 >> static_cast<int>(bits));
            for_each_row(in, out,
                         [&](const std::uint8_t* from, std::uint8_t* to, std::size_t count) {
                           mask_values(kept, from, to, count);
                         });
          }};
}

}  // namespace inflow::ops
