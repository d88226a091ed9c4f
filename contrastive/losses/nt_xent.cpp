#include "inflow/contrastive/losses/nt_xent.hpp"

#include <cmath>
#include <limits>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "inflow/contrastive/detail/directions.hpp"
#include "inflow/contrastive/losses/detail/checks.hpp"

namespace inflow {
namespace {

// True where a column shows the row's identity, but for the one that is the row's other view.
at::Tensor left_out(const at::Tensor& identities) {
  const std::int64_t rows = identities.size(0);
  const at::Tensor shown = identities.repeat({2});
  at::Tensor same = shown.unsqueeze(1) == shown.unsqueeze(0);
  same.diagonal(rows).fill_(false);
  same.diagonal(-rows).fill_(false);
  return same;
}

}  // namespace

at::Tensor nt_xent(const at::Tensor& first, const at::Tensor& second, const at::Tensor& identities,
                   double temperature) {
  require_pairs("projections of two views", first, second);
  require_identities(identities, first);
  require_temperature(temperature);
  const c10::impl::ExcludeDispatchKeyGuard without_autocast(c10::autocast_dispatch_keyset);

  // Both factors carry the root of the temperature, which spares a pass over the product.
  const at::Tensor views = directions(at::cat({first, second}), std::sqrt(temperature));
  const at::Tensor similarities = views.mm(views.t());
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  const at::Tensor all = similarities.masked_fill(left_out(identities), kNever).logsumexp({1});
  const std::int64_t rows = first.size(0);
  const at::Tensor positive =
      similarities.diagonal(rows).sum() + similarities.diagonal(-rows).sum();
  return (all.sum() - positive) / static_cast<double>(2 * rows);
}

}  // namespace inflow
