#include "inflow/ops/detail/histogram.hpp"

#include "inflow/ops/detail/rows.hpp"

namespace inflow::ops {

std::array<Histogram, 3> histograms(const Image& image) {
  std::array<Histogram, 3> counts{};
  for_each_row(image, [&](const std::uint8_t* from, std::size_t count) {
    for (std::size_t i = 0; i < count; i += 3) {
      ++counts[0][from[i]];
      ++counts[1][from[i + 1]];
      ++counts[2][from[i + 2]];
    }
  });
  return counts;
}

}  // namespace inflow::ops
