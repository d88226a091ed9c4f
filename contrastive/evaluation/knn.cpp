#include "inflow/contrastive/evaluation/knn.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <ATen/ops/empty.h>

#include "inflow/training/neighbors.hpp"

namespace inflow {
namespace {

// The label with most votes, the lowest of equal ones. Votes are taken relative to the nearest
// neighbor's, so that no temperature overflows.
std::int64_t vote(std::span<const Neighbor> nearest, const std::int64_t* labels, double temperature,
                  std::vector<double>& votes) {
  std::ranges::fill(votes, 0.0);
  for (const Neighbor& neighbor : nearest) {
    const double behind = double{neighbor.similarity} - double{nearest.front().similarity};
    votes[static_cast<std::size_t>(labels[neighbor.row])] += std::exp(behind / temperature);
  }
  return std::ranges::max_element(votes) - votes.begin();
}

}  // namespace

at::Tensor knn_predict(const LabeledFeatures& train, const at::Tensor& queries,
                       const KnnOptions& options) {
  validate(train);
  validate_queries(queries, train.values.size(1));
  const at::Tensor labels = train.labels.contiguous();
  const auto* label_of = labels.const_data_ptr<std::int64_t>();

  at::Tensor predictions = at::empty({queries.size(0)}, at::kLong);
  auto* predicted = predictions.mutable_data_ptr<std::int64_t>();
  std::vector<double> votes(static_cast<std::size_t>(train.classes));
  each_nearest(queries, train.values, options.k, [&](auto query, auto nearest) {
    predicted[query] = vote(nearest, label_of, options.temperature, votes);
  });
  return predictions;
}

}  // namespace inflow
