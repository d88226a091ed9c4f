#include "inflow/ops/op.hpp"

#include <sstream>

#include "inflow/ops/error.hpp"

namespace inflow {

void refuse_level(float level) {
  std::ostringstream message;
  message << "level must lie in [0, 1]: " << level;
  throw UsageError(message.str());
}

std::string what_is_wrong(const Op& op, float magnitude, float u, float v) {
  const auto is_unit = [](float draw) { return draw >= 0.0F && draw < 1.0F; };
  const bool fits = op.domain.contains(magnitude);
  const bool placed = is_unit(u) && is_unit(v);
  if (fits && placed) return {};
  std::ostringstream message;
  if (!fits) {
    message << "magnitude of " << op.name << " must lie in [" << op.domain.low << ", "
            << op.domain.high << "]: " << magnitude;
  }
  if (!placed) {
    message << (fits ? "" : "; ") << "draws of " << op.name << " must lie in [0, 1): " << u << ", "
            << v;
  }
  return message.str();
}

}  // namespace inflow
