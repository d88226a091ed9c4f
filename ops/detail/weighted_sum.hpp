#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace inflow::ops {

// Count neighboring values of weighted_sums(), so few that their sums stay in registers.
template <std::size_t Count, class Weight, class Source, class Store>
void weighted_sums_at(std::size_t start, std::span<const Weight> weights, Source source,
                      Store store) {
  std::array<Weight, Count> sums{};
  for (std::size_t tap = 0; tap < weights.size(); ++tap) {
    const auto* from = source(tap) + start;
    for (std::size_t i = 0; i < Count; ++i) sums[i] += weights[tap] * from[i];
  }
  for (std::size_t i = 0; i < Count; ++i) store(start + i, sums[i]);
}

// Blends rows: calls store(i, sum) for each i below `count`, where the sum is that of weights[tap]
// * source(tap)[i], taken in the order of the taps.
template <class Weight, class Source, class Store>
void weighted_sums(std::size_t count, std::span<const Weight> weights, Source source, Store store) {
  constexpr std::size_t kBlock = 16;
  std::size_t start = 0;
  for (; start + kBlock <= count; start += kBlock) {
    weighted_sums_at<kBlock>(start, weights, source, store);
  }
  for (; start < count; ++start) weighted_sums_at<1>(start, weights, source, store);
}

}  // namespace inflow::ops
