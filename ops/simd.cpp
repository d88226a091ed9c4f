#include "inflow/ops/simd.hpp"

#include <algorithm>
#include <cstdint>

#include <hwy/targets.h>

#include "inflow/ops/error.hpp"

namespace inflow {

std::vector<std::string> simd_targets() {
  std::vector<std::string> names;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets())
    names.emplace_back(hwy::TargetName(target));
  return names;
}

OnlySimdTarget::OnlySimdTarget(std::string_view name) {
  const std::vector<std::int64_t> targets = hwy::SupportedAndGeneratedTargets();
  const auto target = std::ranges::find(targets, name, hwy::TargetName);
  if (target == targets.end()) {
    const std::vector<std::string> known = simd_targets();
    throw UsageError(unknown_name("kind of vectors", name,
                                  std::vector<std::string_view>(known.begin(), known.end())));
  }
  hwy::SetSupportedTargetsForTest(*target);
}

OnlySimdTarget::~OnlySimdTarget() { hwy::SetSupportedTargetsForTest(0); }

}  // namespace inflow
