#include <algorithm>

#include "inflow/ops/detail/histogram.hpp"
#include "inflow/ops/detail/table.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {
namespace {

// Double precision in this order of operations, truncated, as Pillow: the brightest value may
// become 254.
Table stretched(const Histogram& counts) {
  const auto occupied = [](std::uint32_t count) { return count > 0; };
  const auto low = std::ranges::find_if(counts, occupied) - counts.begin();
  const auto high = counts.rend() - std::find_if(counts.rbegin(), counts.rend(), occupied) - 1;
  if (high <= low) return kIdentityTable;
  const double scale = 255.0 / static_cast<double>(high - low);
  const double offset = -static_cast<double>(low) * scale;
  return make_table(
      [&](int value) { return std::clamp(static_cast<int>(value * scale + offset), 0, 255); });
}

}  // namespace

// AutoContrast of AutoAugment's table 6, without a cutoff: a channel of one value stays as it is.
Op auto_contrast() {
  return {
      .name = "auto_contrast",
      .summary = "Stretch each channel to the full range of values",
      .family = Family::color,
      .has_magnitude = false,
      .domain = {.low = 0, .high = 1},
      .range = {.at_zero = 0, .at_one = 1},
      .apply = [](const Image& in, Image& out, float, float, float) {
        const auto counts = histograms(in);
        apply_tables(in, out, {stretched(counts[0]), stretched(counts[1]), stretched(counts[2])});
      }};
}

}  // namespace inflow::ops
