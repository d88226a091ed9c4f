#include "inflow/contrastive/losses/barlow_twins.hpp"

#include <ATen/TensorOperators.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "inflow/contrastive/losses/detail/checks.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

at::Tensor standardized(const at::Tensor& rows) {
  const at::Tensor exact = rows.scalar_type() == at::kDouble ? rows : rows.to(at::kFloat);
  const at::Tensor centered = exact - exact.mean(0);
  constexpr double kLeastVariance = 1e-5;
  return centered / (centered.square().mean(0) + kLeastVariance).sqrt();
}

}  // namespace

at::Tensor barlow_twins_loss(const at::Tensor& first, const at::Tensor& second, double redundancy) {
  require_pairs("projections of two views", first, second);
  if (first.size(0) < 2) throw UsageError("one row has no variance: projections of 1 sample");
  const c10::impl::ExcludeDispatchKeyGuard without_autocast(c10::autocast_dispatch_keyset);

  const auto rows = static_cast<double>(first.size(0));
  const at::Tensor correlations = standardized(first).t().mm(standardized(second)) / rows;
  const at::Tensor diagonal = correlations.diagonal();
  const at::Tensor redundant = correlations - diagonal.diag_embed();
  return (1 - diagonal).square().sum() + redundancy * redundant.square().sum();
}

}  // namespace inflow
