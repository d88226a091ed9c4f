#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/inflation/audit/audited_set.hpp"
#include "inflow/inflation/audit/findings.hpp"
#include "inflow/inflation/audit/manifolds.hpp"
#include "inflow/ops/options.hpp"
#include "inflow/training/linear_probe.hpp"

namespace inflow {

struct AuditMeasureOptions {
  ManifoldOptions manifolds{};
  MemorizationOptions memorization{};
  LinearProbeOptions probe{};

  void describe(auto& visitor) {
    visitor("manifolds", manifolds, "Precision and recall");
    visitor("memorization", memorization, "Near copies of real images");
    visitor("probe", probe,
            "The linear classifier of frozen features that tells real from generated images, and "
            "that learns the classes of these");
  }
};

// What measures compare. Class names are those of the sources; none where there are no labels.
struct AuditedSets {
  AuditedSet pool;
  AuditedSet real;
  std::vector<std::string> pool_classes{};
  std::vector<std::string> real_classes{};
  std::uint64_t seed = 0;
};

// One measure; adds its section to the findings.
struct AuditMeasure {
  std::string_view name;  // of the section
  void (*find)(const AuditedSets& sets, const AuditMeasureOptions& options, AuditFindings& into);
};

// All that look at features: compared, frechet, manifolds, discriminator, memorization,
// classification. Real images are divided in two by the seed: against one half go as many images of
// the pool as of the other half, which gives each measure its baseline. Memorization looks at all
// of them. Throws UsageError for sets that are too small, as the functions they call do.
std::span<const AuditMeasure> audit_measures();

}  // namespace inflow
