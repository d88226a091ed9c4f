#include "inflow/contrastive/losses/byol.hpp"

#include <ATen/TensorOperators.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "inflow/contrastive/detail/directions.hpp"
#include "inflow/contrastive/losses/detail/checks.hpp"

namespace inflow {

at::Tensor byol_loss(const at::Tensor& predictions, const at::Tensor& targets) {
  require_pairs("predictions and targets", predictions, targets);
  const c10::impl::ExcludeDispatchKeyGuard without_autocast(c10::autocast_dispatch_keyset);
  const at::Tensor cosines = (directions(predictions) * directions(targets.detach())).sum({1});
  return 2 - 2 * cosines.mean();
}

}  // namespace inflow
