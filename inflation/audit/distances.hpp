#pragma once

#include <cstdint>
#include <functional>

#include <ATen/core/Tensor.h>

namespace inflow {

// Calls `take` for blocks of rows of `queries` in turn, with the number of the first row of each
// and the Euclidean distances of its rows (down) to all rows of `known` (across): float64, 0 for
// rows that are equal. Never all distances at once. Both are float32 or float64 with as many
// columns.
void each_distances(
    const at::Tensor& queries, const at::Tensor& known,
    const std::function<void(std::int64_t first, const at::Tensor& distances)>& take);

// For each of N rows, the nearest of others.
struct NearestRows {
  at::Tensor distances;  // N, float64
  at::Tensor rows;       // N, int64
};

// In another set, which has a row at least; and among the other rows of the same set, which has two
// at least.
NearestRows nearest_rows(const at::Tensor& queries, const at::Tensor& known);
NearestRows nearest_other_rows(const at::Tensor& rows);

// The distance of each row to its k-th nearest other one, float64; k is below the number of rows.
at::Tensor distances_to_kth(const at::Tensor& rows, std::int64_t k);

}  // namespace inflow
