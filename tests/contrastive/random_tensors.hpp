#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include "inflow/ops/random.hpp"

namespace inflow::support {

// Standard normal numbers, float64; equal numbers for equal arguments.
inline at::Tensor normals(std::uint64_t seed, at::IntArrayRef sizes) {
  at::Tensor tensor = at::empty(sizes, at::kDouble);
  auto* values = tensor.mutable_data_ptr<double>();
  for (std::int64_t at = 0; at < tensor.numel(); ++at) {
    Rng rng({.seed = seed, .index = static_cast<std::uint64_t>(at)}, Stream::weights);
    values[at] = rng.normal();
  }
  return tensor;
}

}  // namespace inflow::support
