#include "inflow/ops/detail/equalize.hpp"

#include <algorithm>
#include <cstdint>

#include "inflow/ops/detail/histogram.hpp"
#include "inflow/ops/detail/table.hpp"

namespace inflow::ops {
namespace {

// In small pictures the step is so coarse that most tables run past 255: they are clamped there, as
// Pillow's are.
Table equalized(const Histogram& counts) {
  const auto last =
      std::find_if(counts.rbegin(), counts.rend(), [](std::uint32_t count) { return count > 0; });
  std::uint64_t below_last = 0;
  for (auto at = last + 1; at < counts.rend(); ++at) below_last += *at;
  const std::uint64_t step = below_last / 255;
  if (step == 0) return kIdentityTable;
  std::uint64_t sum = step / 2;
  return make_table([&](int value) {
    const std::uint64_t entry = std::min<std::uint64_t>(sum / step, 255);
    sum += counts[static_cast<std::size_t>(value)];
    return entry;
  });
}

}  // namespace

void equalize_channels(const Image& in, Image& out) {
  const auto counts = histograms(in);
  apply_tables(in, out, {equalized(counts[0]), equalized(counts[1]), equalized(counts[2])});
}

}  // namespace inflow::ops
