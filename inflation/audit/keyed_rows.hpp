#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace inflow {

// What the rows are drawn for; each has a random order of its own. Append, never renumber.
enum class RowDraw : std::uint16_t {
  compared_pool = 0,
  compared_real = 1,
  discriminated_pool = 2,
  discriminated_real = 3,
  looked_at_pool = 4,
  looked_at_real = 5,
};

// `count` different rows of 0 .. size - 1, int64, in a random order: a function of the arguments
// alone. With a higher count the first ones stay.
at::Tensor keyed_rows(std::int64_t size, std::int64_t count, std::uint64_t seed, RowDraw draw);

}  // namespace inflow
