#pragma once

#include <ATen/core/Tensor.h>

namespace inflow {

// The regression of Grill et al., "Bootstrap your own latent: A new approach to self-supervised
// learning", NeurIPS 2020, equation 2, averaged over N rows:
//   l = (1 / N) sum_i | p_i / |p_i| - t_i / |t_i| |^2 = (1 / N) sum_i (2 - 2 cos(p_i, t_i))
// from 0 to 4, about 2 for directions that have nothing to do with each other. `predictions` and
// `targets` are N x D; no gradient reaches the targets. Computed in float32 (float64 stays) also
// under autocast. Throws UsageError for shapes that do not match.
at::Tensor byol_loss(const at::Tensor& predictions, const at::Tensor& targets);

}  // namespace inflow
