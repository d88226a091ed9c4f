#pragma once

#include <ATen/core/Tensor.h>

namespace inflow {

// Redundancy reduction (Zbontar et al., "Barlow Twins: Self-supervised learning via redundancy
// reduction", ICML 2021, equations 1 and 2). With a and b the projections N x D of two views,
// every dimension standardized over the batch by its mean and variance (of N, not N - 1):
//   C = a' b / N
//   l = sum_i (1 - C_ii)^2 + redundancy sum_{i != j} C_ij^2
// 1e-5 is added to variances, so that a dimension without any correlates with nothing. Computed in
// float32 (float64 stays) also under autocast. Throws UsageError for shapes that do not match and
// for fewer than two rows.
at::Tensor barlow_twins_loss(const at::Tensor& first, const at::Tensor& second, double redundancy);

}  // namespace inflow
