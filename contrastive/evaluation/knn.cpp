#include "inflow/contrastive/evaluation/knn.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

namespace inflow {
namespace {

struct Neighbor {
  float similarity;
  std::int64_t row;
};

bool nearer(const Neighbor& a, const Neighbor& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
}

// Leaves in `nearest` the k nearest neighbors, the nearest first.
void find_nearest(std::span<const float> similarities, std::size_t k,
                  std::vector<Neighbor>& nearest) {
  nearest.clear();
  std::size_t row = 0;
  for (; row < k; ++row) nearest.push_back({similarities[row], static_cast<std::int64_t>(row)});
  std::ranges::make_heap(nearest, nearer);  // the farthest in front
  for (; row < similarities.size(); ++row) {
    // Rows ascend, so one as similar as the farthest is behind it.
    if (similarities[row] <= nearest.front().similarity) continue;
    std::ranges::pop_heap(nearest, nearer);
    nearest.back() = {similarities[row], static_cast<std::int64_t>(row)};
    std::ranges::push_heap(nearest, nearer);
  }
  std::ranges::sort_heap(nearest, nearer);
}

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

at::Tensor directions_of(const at::Tensor& values) {
  constexpr double kShortest = 1e-12;
  return values / values.norm(2, {1}, /*keepdim=*/true).clamp_min(kShortest);
}

}  // namespace

at::Tensor knn_predict(const LabeledFeatures& train, const at::Tensor& queries,
                       const KnnOptions& options) {
  validate(train);
  validate_queries(queries, train.values.size(1));
  const at::NoGradGuard no_grad;
  const at::Tensor known = directions_of(train.values).t();
  const at::Tensor labels = train.labels.contiguous();
  const auto* label_of = labels.const_data_ptr<std::int64_t>();
  const auto rows = static_cast<std::size_t>(train.values.size(0));
  const std::size_t k = std::min(static_cast<std::size_t>(options.k), rows);

  at::Tensor predictions = at::empty({queries.size(0)}, at::kLong);
  auto* predicted = predictions.mutable_data_ptr<std::int64_t>();
  std::vector<Neighbor> nearest;
  std::vector<double> votes(static_cast<std::size_t>(train.classes));
  // So many at a time that similarities stay within a hundred megabytes for most training sets.
  constexpr std::int64_t kChunk = 256;
  for (std::int64_t start = 0; start < queries.size(0); start += kChunk) {
    const std::int64_t count = std::min(kChunk, queries.size(0) - start);
    const at::Tensor similarities = directions_of(queries.narrow(0, start, count)).mm(known);
    const std::span all(similarities.const_data_ptr<float>(),
                        rows * static_cast<std::size_t>(count));
    for (std::size_t first = 0; first < all.size(); first += rows) {
      find_nearest(all.subspan(first, rows), k, nearest);
      *predicted++ = vote(nearest, label_of, options.temperature, votes);
    }
  }
  return predictions;
}

}  // namespace inflow
