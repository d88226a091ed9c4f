#pragma once

#include <cstdint>
#include <span>

#include <ATen/core/Tensor.h>

#include "inflow/ops/random.hpp"

namespace inflow {

// Standard normal values, float32, a row of the given shape for each key: row r depends on keys[r]
// and `stream` alone, so on any place in any batch the same. At most 2^25 values a row.
at::Tensor normal_rows(std::span<const ViewKey> keys, Stream stream, at::IntArrayRef row_shape);

}  // namespace inflow
