#include "inflow/training/class_scores.hpp"

#include <numeric>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>

#include "inflow/training/evaluation_scope.hpp"

namespace inflow {
namespace {

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

std::uint64_t sum(const std::vector<std::uint64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

// Adds a batch to the counts; returns the sum of its losses.
double add(const at::Tensor& scores, const at::Tensor& labels, ClassScores& into) {
  const at::Tensor predicted = scores.argmax(1);
  for (std::int64_t row = 0; row < labels.size(0); ++row) {
    const auto label = static_cast<std::size_t>(labels.const_data_ptr<std::int64_t>()[row]);
    ++into.samples[label];
    if (predicted.const_data_ptr<std::int64_t>()[row] == static_cast<std::int64_t>(label))
      ++into.right[label];
  }
  return at::cross_entropy_loss(scores.to(at::kDouble), labels, /*weight=*/{}, at::Reduction::Sum)
      .item<double>();
}

}  // namespace

std::uint64_t ClassScores::count() const { return sum(samples); }

double ClassScores::accuracy() const { return percent(sum(right), count()); }

double ClassScores::accuracy_of(std::size_t class_at) const {
  return percent(right.at(class_at), samples.at(class_at));
}

ClassScores scores_of(Classifier& classifier, Loader& loader) {
  const EvaluationScope evaluation(classifier);
  const auto classes = static_cast<std::size_t>(classifier.classes());
  ClassScores result{.samples = std::vector<std::uint64_t>(classes),
                     .right = std::vector<std::uint64_t>(classes)};
  double losses = 0;
  for (Batch& batch : loader) {
    require_labels(*batch, classifier.classes());
    const BatchTensors tensors = as_tensors(std::move(batch));
    losses += add(classifier.scores(tensors.views.front()), tensors.labels, result);
  }
  if (result.count() == 0) throw UsageError("there are no samples to evaluate");
  result.loss = losses / static_cast<double>(result.count());
  return result;
}

}  // namespace inflow
