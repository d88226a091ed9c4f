#include "inflow/inflation/audit/manifolds.hpp"

#include <algorithm>
#include <string>

#include <ATen/TensorOperators.h>

#include "inflow/inflation/audit/distances.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

// The share of `rows` that lie in a ball of `radii` around a row of `set`.
double share_covered(const at::Tensor& rows, const at::Tensor& set, const at::Tensor& radii) {
  std::int64_t covered = 0;
  each_distances(rows, set, [&](std::int64_t, const at::Tensor& distances) {
    covered += (distances <= radii).any(1).sum().item<std::int64_t>();
  });
  return static_cast<double>(covered) / static_cast<double>(rows.size(0));
}

}  // namespace

PrecisionRecall precision_and_recall(const at::Tensor& generated, const at::Tensor& real,
                                     const ManifoldOptions& options) {
  const std::int64_t fewest = std::min(generated.size(0), real.size(0));
  if (fewest <= options.k) {
    throw UsageError("precision and recall need more samples of each set than k, which is " +
                     std::to_string(options.k) + ": " + std::to_string(fewest));
  }
  return {.precision = share_covered(generated, real, distances_to_kth(real, options.k)),
          .recall = share_covered(real, generated, distances_to_kth(generated, options.k))};
}

}  // namespace inflow
