#include "inflow/contrastive/detail/directions.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

namespace inflow {

at::Tensor directions(const at::Tensor& rows, double divisor) {
  const at::Tensor exact = rows.scalar_type() == at::kDouble ? rows : rows.to(at::kFloat);
  constexpr double kShortest = 1e-12;
  const at::Tensor length = exact.norm(2, {1}, /*keepdim=*/true).clamp_min(kShortest);
  return exact / (length * divisor);
}

double direction_stddev(const at::Tensor& rows) {
  const at::NoGradGuard no_gradients;
  return directions(rows).std(0, /*unbiased=*/false).mean().item<double>();
}

}  // namespace inflow
