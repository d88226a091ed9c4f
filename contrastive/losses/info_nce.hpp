#pragma once

#include <ATen/core/Tensor.h>

namespace inflow {

// Keys of samples of other batches: directions M x D of length one, and the identities they show,
// int64 of M.
struct Negatives {
  at::Tensor directions;
  at::Tensor identities;
};

// The contrastive loss against a queue (He et al., "Momentum contrast for unsupervised visual
// representation learning", CVPR 2020, equation 1), averaged over N queries:
//   s_i = q_i . k_i / (|q_i| |k_i| temperature),  s_ij = q_i . n_j / (|q_i| temperature)
//   l = -(1 / N) sum_i log( exp(s_i) / (exp(s_i) + sum_{j in A(i)} exp(s_ij)) )
// where A(i) holds the negatives of other identities than the query's: a sample that comes again,
// or a copy of it, is never its own negative. Without any the loss is 0. `queries` and `keys` are N
// x D projections, `identities` int64 of N; no gradient reaches keys and negatives. Any temperature
// > 0 is safe. Computed in float32 (float64 stays) also under autocast. Throws UsageError for
// shapes that do not match.
at::Tensor info_nce(const at::Tensor& queries, const at::Tensor& keys, const at::Tensor& identities,
                    const Negatives& negatives, double temperature);

}  // namespace inflow
