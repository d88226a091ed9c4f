#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include <ATen/core/Tensor.h>

namespace inflow {

struct Neighbor {
  float similarity = 0;  // the cosine
  std::int64_t row = 0;
};

// Calls `take` for each row of `queries` in turn, with the `count` rows of `known` that are most
// similar, at most all of them, the nearest first. Rows that are equally similar are ordered by
// their position, so that the answer repeats. Both are float32 with as many columns; a row of
// length 0 is similar to none. `count` must be positive.
void each_nearest(
    const at::Tensor& queries, const at::Tensor& known, std::int64_t count,
    const std::function<void(std::int64_t query, std::span<const Neighbor> nearest)>& take);

// Rows of length 1; those of length 0 stay. The last dimension is that of a row.
at::Tensor directions_of(const at::Tensor& values);

}  // namespace inflow
