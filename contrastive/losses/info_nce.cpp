#include "inflow/contrastive/losses/info_nce.hpp"

#include <limits>
#include <sstream>

#include <ATen/TensorOperators.h>
#include <ATen/ops/logaddexp.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "inflow/contrastive/detail/directions.hpp"
#include "inflow/contrastive/losses/detail/checks.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

void require_negatives(const Negatives& negatives, const at::Tensor& queries) {
  const at::Tensor& rows = negatives.directions;
  if (rows.dim() != 2 || rows.size(0) == 0 || rows.size(1) != queries.size(1)) {
    std::ostringstream message;
    message << "negatives must be M x D, M above 0 and D that of the queries, " << queries.size(1)
            << ": " << rows.sizes();
    throw UsageError(message.str());
  }
  require_identities(negatives.identities, rows);
}

}  // namespace

at::Tensor info_nce(const at::Tensor& queries, const at::Tensor& keys, const at::Tensor& identities,
                    const Negatives& negatives, double temperature) {
  require_pairs("queries and keys", queries, keys);
  require_identities(identities, queries);
  require_negatives(negatives, queries);
  require_temperature(temperature);
  const c10::impl::ExcludeDispatchKeyGuard without_autocast(c10::autocast_dispatch_keyset);

  const at::Tensor scaled = directions(queries, temperature);
  const at::Tensor positive = (scaled * directions(keys.detach())).sum({1});
  const at::Tensor others = negatives.directions.detach().to(scaled.scalar_type());
  const at::Tensor same = identities.unsqueeze(1) == negatives.identities.unsqueeze(0);
  // Finite, because a row of infinities alone has no gradient.
  constexpr double kNever = std::numeric_limits<float>::lowest();
  const at::Tensor negative = scaled.mm(others.t()).masked_fill(same, kNever).logsumexp({1});
  return (at::logaddexp(positive, negative) - positive).mean();
}

}  // namespace inflow
