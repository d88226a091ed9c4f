#pragma once

#include <ATen/core/Tensor.h>

namespace inflow {

// The normalized temperature-scaled cross entropy (Chen et al., "A simple framework for contrastive
// learning of visual representations", ICML 2020, equation 1), averaged over all 2N views:
//   u = z / |z|,  s_ij = u_i . u_j / temperature
//   l = -(1 / 2N) sum_i log( exp(s_i,p(i)) / sum_{j in A(i)} exp(s_ij) )
// where p(i) is the other view of i's row and A(i) holds p(i) and all views of other identities:
// two views of one identity, also in different rows, are never negatives. By log-sum-exp, so any
// temperature > 0 is safe. `first` and `second` are N x D projections, `identities` int64 of N.
// Computed in float32 (float64 stays) also under autocast. Throws UsageError for shapes that do not
// match.
at::Tensor nt_xent(const at::Tensor& first, const at::Tensor& second, const at::Tensor& identities,
                   double temperature);

}  // namespace inflow
