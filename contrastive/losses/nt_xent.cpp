#include "inflow/contrastive/losses/nt_xent.hpp"

#include <cmath>
#include <limits>
#include <sstream>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

void check(const at::Tensor& first, const at::Tensor& second, const at::Tensor& identities,
           double temperature) {
  std::ostringstream message;
  if (first.dim() != 2 || first.numel() == 0 || second.sizes() != first.sizes()) {
    message << "projections of two views must have one shape N x D, none of them 0: "
            << first.sizes() << " and " << second.sizes();
  } else if (identities.dim() != 1 || identities.size(0) != first.size(0)) {
    message << "there must be one identity for each of the " << first.size(0)
            << " rows: " << identities.sizes();
  } else if (!(temperature > 0)) {
    message << "temperature must be positive: " << temperature;
  } else {
    return;
  }
  throw UsageError(message.str());
}

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
  check(first, second, identities, temperature);
  const c10::impl::ExcludeDispatchKeyGuard without_autocast(c10::autocast_dispatch_keyset);

  at::Tensor views = at::cat({first, second});
  if (views.scalar_type() != at::kDouble) views = views.to(at::kFloat);
  // A projection of length zero has no direction; the bound keeps its similarities at zero.
  constexpr double kShortest = 1e-12;
  const at::Tensor length = views.norm(2, {1}, /*keepdim=*/true).clamp_min(kShortest);

  // Both factors carry the root of the temperature, which spares a pass over the product.
  const at::Tensor directions = views / (length * std::sqrt(temperature));
  const at::Tensor similarities = directions.mm(directions.t());
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  const at::Tensor all = similarities.masked_fill(left_out(identities), kNever).logsumexp({1});
  const std::int64_t rows = first.size(0);
  const at::Tensor positive =
      similarities.diagonal(rows).sum() + similarities.diagonal(-rows).sum();
  return (all.sum() - positive) / static_cast<double>(2 * rows);
}

}  // namespace inflow
