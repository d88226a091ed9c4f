#include "inflow/inflation/diagnostics/dual_kernel.hpp"

#include <sstream>

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/where.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

void check(const at::Tensor& probabilities) {
  std::ostringstream message;
  if (probabilities.dim() != 2 || probabilities.numel() == 0 ||
      !probabilities.is_floating_point()) {
    message << "probabilities of views must be images x views of floating numbers: "
            << probabilities.sizes() << " of " << probabilities.dtype();
  } else if (!(probabilities >= 0).all().item<bool>() ||
             !((probabilities.sum(1) - 1).abs() < 1e-6).all().item<bool>()) {
    message << "probabilities of the views of an image must be at least 0 and sum to 1";
  } else {
    return;
  }
  throw UsageError(message.str());
}

}  // namespace

at::Tensor dual_kernel(const at::Tensor& probabilities) {
  check(probabilities);
  const at::Tensor given = probabilities.to(at::kDouble);
  const at::Tensor total = given.sum(0);
  // A view that no image gives is none.
  const at::Tensor root = at::where(total > 0, total.rsqrt(), 0.0);
  const at::Tensor scaled = given * root;
  return scaled.matmul(scaled.t());
}

std::vector<double> dual_spectrum(const at::Tensor& kernel) {
  const at::Tensor values = (1 - at::linalg_eigvalsh(kernel)).clamp_min(0).flip(0).contiguous();
  const auto* const first = values.const_data_ptr<double>();
  return {first, first + values.numel()};
}

}  // namespace inflow
