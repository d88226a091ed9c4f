#include "inflow/contrastive/evaluation/protocol.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>

#include "inflow/ops/error.hpp"
#include "inflow/training/class_order.hpp"

namespace inflow {
namespace {

double percent_right(const at::Tensor& predicted, const at::Tensor& labels) {
  return 100 * (predicted == labels).to(at::kDouble).mean().item<double>();
}

Accuracy summary_of(const std::vector<double>& percents) {
  const auto draws = static_cast<double>(percents.size());
  Accuracy accuracy{.draws = static_cast<int>(percents.size())};
  for (const double percent : percents) accuracy.mean += percent / draws;
  if (percents.size() < 2) return accuracy;
  double squares = 0;
  for (const double percent : percents) squares += std::pow(percent - accuracy.mean, 2);
  accuracy.spread = std::sqrt(squares / (draws - 1));
  return accuracy;
}

// The samples of one draw: the same rows for every representation of one training set.
LabeledFeatures drawn(const LabeledFeatures& train, int per_class, std::uint64_t seed,
                      std::uint32_t draw) {
  // Position 0 of the stream is the probe's split.
  const OrderAddress address{.draw = draw, .position = 1};
  std::vector<std::int64_t> rows;
  for (const auto& order : keyed_class_order(train.labels, train.classes, seed, address)) {
    if (order.size() < static_cast<std::size_t>(per_class)) {
      throw UsageError("each class needs " + std::to_string(per_class) +
                       " training samples to draw from: one has " + std::to_string(order.size()));
    }
    rows.insert(rows.end(), order.begin(), order.begin() + per_class);
  }
  const at::Tensor chosen = row_tensor(std::move(rows));
  return {.values = train.values.index_select(0, chosen),
          .labels = train.labels.index_select(0, chosen),
          .classes = train.classes};
}

}  // namespace

EvaluationRow evaluate(std::string representation, const LabeledFeatures& train,
                       const LabeledFeatures& test, const EvaluationOptions& options,
                       std::uint64_t seed) {
  validate(train);
  validate(test);
  if (test.classes != train.classes) {
    throw UsageError("training and test set must have the same classes: " +
                     std::to_string(train.classes) + " and " + std::to_string(test.classes));
  }
  EvaluationRow row{.representation = std::move(representation)};
  const auto knn = [&](const LabeledFeatures& known, const KnnOptions& settings) {
    return percent_right(knn_predict(known, test.values, settings), test.labels);
  };
  row.knn.mean = knn(train, options.knn);
  const LinearProbe probe = fit_linear_probe(train, options.linear, seed);
  row.linear.mean = percent_right(probe.predict(test.values), test.labels);
  row.linear_penalty = probe.penalty;

  std::vector<double> few_knn;
  std::vector<double> few_linear;
  for (int draw = 0; draw < options.few_labels.draws; ++draw) {
    const LabeledFeatures few =
        drawn(train, options.few_labels.per_class, seed, static_cast<std::uint32_t>(draw));
    few_knn.push_back(knn(few, options.few_labels.knn));
    const LinearProbe few_probe = fit_linear_probe(few, options.linear, seed);
    few_linear.push_back(percent_right(few_probe.predict(test.values), test.labels));
  }
  row.few_knn = summary_of(few_knn);
  row.few_linear = summary_of(few_linear);
  return row;
}

}  // namespace inflow
