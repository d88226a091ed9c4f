#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

namespace inflow {

// The kernel of an augmentation graph on its n images: K = M M^T with M_iu = A(u | i) /
// sqrt(sum_k A(u | k)), which has the eigenvalues other than 0 of the normalized graph of all
// views, however many these are. `probabilities`: n x u, A(u | i) of view u given image i, at least
// 0, rows that sum to 1. K is n x n float64, symmetric, its rows sum to 1. Throws UsageError for
// other shapes and values.
at::Tensor dual_kernel(const at::Tensor& probabilities);

// All eigenvalues of the normalized Laplacian that such a kernel stands for, 1 - those of K,
// ascending from 0 on.
std::vector<double> dual_spectrum(const at::Tensor& kernel);

}  // namespace inflow
