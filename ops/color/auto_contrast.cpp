#include <algorithm>

#include "inflow/ops/detail/row_kernels.hpp"
#include "inflow/ops/detail/rows.hpp"
#include "inflow/ops/detail/table.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {
namespace {

// Double precision in this order of operations, truncated, as Pillow: the brightest value may
// become 254.
Table stretched(int low, int high) {
  if (high <= low) return kIdentityTable;
  const double scale = 255.0 / (high - low);
  const double offset = -low * scale;
  return make_table(
      [&](int value) { return std::clamp(static_cast<int>(value * scale + offset), 0, 255); });
}

}  // namespace

// AutoContrast of AutoAugment's table 6, without a cutoff: a channel of one value stays as it is.
Op auto_contrast() {
  return {.name = "auto_contrast",
          .summary = "Stretch each channel to the full range of values",
          .family = Family::color,
          .has_magnitude = false,
          .domain = {.low = 0, .high = 1},
          .range = {.at_zero = 0, .at_one = 1},
          .apply = [](const Image& in, Image& out, float, float, float) {
            Extremes extremes;
            for_each_row(in, [&](const std::uint8_t* from, std::size_t count) {
              widen_extremes(from, count / 3, extremes);
            });
            const auto& [low, high] = extremes;
            apply_tables(in, out,
                         {stretched(low[0], high[0]), stretched(low[1], high[1]),
                          stretched(low[2], high[2])});
          }};
}

}  // namespace inflow::ops
