#include "inflow/inflation/audit/frechet.hpp"

#include <algorithm>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_eigvalsh.h>

namespace inflow {
namespace {

// Of a symmetric matrix without negative eigenvalues but for rounding.
at::Tensor square_root(const at::Tensor& matrix) {
  const auto [values, vectors] = at::linalg_eigh(matrix);
  return (vectors * values.clamp_min(0).sqrt()).mm(vectors.t());
}

}  // namespace

GaussianMoments moments_of(const at::Tensor& rows) {
  const at::NoGradGuard no_grad;
  const at::Tensor values = rows.to(at::kDouble);
  const at::Tensor mean = values.mean(0);
  const at::Tensor apart = values - mean;
  return {.mean = mean,
          .covariance = apart.t().mm(apart) / static_cast<double>(values.size(0) - 1)};
}

double frechet_distance(const GaussianMoments& a, const GaussianMoments& b) {
  const at::NoGradGuard no_grad;
  const at::Tensor root = square_root(a.covariance);
  const at::Tensor product = root.mm(b.covariance).mm(root);
  const at::Tensor values = at::linalg_eigvalsh((product + product.t()) / 2);
  const at::Tensor traces = (a.covariance + b.covariance).trace();
  const at::Tensor distance =
      (a.mean - b.mean).square().sum() + traces - 2 * values.clamp_min(0).sqrt().sum();
  return std::max(0.0, distance.item<double>());
}

}  // namespace inflow
