#include "inflow/contrastive/losses/detail/checks.hpp"

#include <sstream>

#include "inflow/ops/error.hpp"

namespace inflow {

void require_pairs(std::string_view what, const at::Tensor& first, const at::Tensor& second) {
  if (first.dim() == 2 && first.numel() > 0 && second.sizes() == first.sizes()) return;
  std::ostringstream message;
  message << what << " must have one shape N x D, none of them 0: " << first.sizes() << " and "
          << second.sizes();
  throw UsageError(message.str());
}

void require_identities(const at::Tensor& identities, const at::Tensor& rows) {
  if (identities.dim() == 1 && identities.size(0) == rows.size(0)) return;
  std::ostringstream message;
  message << "there must be one identity for each of the " << rows.size(0)
          << " rows: " << identities.sizes();
  throw UsageError(message.str());
}

void require_temperature(double temperature) {
  if (temperature > 0) return;
  std::ostringstream message;
  message << "temperature must be positive: " << temperature;
  throw UsageError(message.str());
}

}  // namespace inflow
