#include "inflow/inflation/audit/memorization.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include <ATen/TensorOperators.h>

#include "inflow/inflation/audit/distances.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

std::span<const double> values_of(const at::Tensor& distances) {
  return {distances.const_data_ptr<double>(), static_cast<std::size_t>(distances.numel())};
}

std::vector<double> sorted(const at::Tensor& distances) {
  const std::span<const double> values = values_of(distances);
  std::vector<double> all(values.begin(), values.end());
  std::ranges::sort(all);
  return all;
}

// The least value that a share of all is at most.
double quantile_of(std::span<const double> ascending, double share) {
  const double rank = std::ceil(share * static_cast<double>(ascending.size()));
  return ascending[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

std::vector<double> percentiles_of(std::span<const double> ascending) {
  std::vector<double> all;
  for (int percent = 0; percent <= 100; ++percent)
    all.push_back(quantile_of(ascending, percent / 100.0));
  return all;
}

double share_up_to(std::span<const double> ascending, double threshold) {
  const auto end = std::ranges::upper_bound(ascending, threshold);
  return static_cast<double>(end - ascending.begin()) / static_cast<double>(ascending.size());
}

std::vector<NearPair> closest_of(const NearestRows& nearest, std::size_t count) {
  const std::span<const double> distances = values_of(nearest.distances);
  const auto* const rows = nearest.rows.const_data_ptr<std::int64_t>();
  std::vector<NearPair> pairs;
  for (std::size_t row = 0; row < distances.size(); ++row) {
    pairs.push_back({.generated = static_cast<std::int64_t>(row),
                     .real = rows[row],
                     .distance = distances[row]});
  }
  std::ranges::stable_sort(pairs, {}, &NearPair::distance);
  pairs.resize(std::min(pairs.size(), count));
  return pairs;
}

}  // namespace

Memorization memorization(const at::Tensor& generated, const at::Tensor& real,
                          const MemorizationOptions& options) {
  if (generated.size(0) < 1 || real.size(0) < 2) {
    throw UsageError("memorization needs one generated sample and two real ones at least: " +
                     std::to_string(generated.size(0)) + " and " + std::to_string(real.size(0)));
  }
  const NearestRows nearest = nearest_rows(generated, real);
  const std::vector<double> to_real = sorted(nearest.distances);
  const std::vector<double> among_real = sorted(nearest_other_rows(real).distances);
  const double threshold = quantile_of(among_real, options.quantile);
  return {.threshold = threshold,
          .share = share_up_to(to_real, threshold),
          .baseline = share_up_to(among_real, threshold),
          .closest = closest_of(nearest, static_cast<std::size_t>(options.pairs)),
          .generated_distances = percentiles_of(to_real),
          .real_distances = percentiles_of(among_real)};
}

}  // namespace inflow
