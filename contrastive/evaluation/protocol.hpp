#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inflow/contrastive/evaluation/knn.hpp"
#include "inflow/ops/options.hpp"
#include "inflow/training/labeled_features.hpp"
#include "inflow/training/linear_probe.hpp"

namespace inflow {

struct FewLabelOptions {
  int per_class = 10;
  int draws = 10;
  KnnOptions knn{.k = 5};

  void describe(auto& visitor) {
    visitor("per_class", per_class, Between{1, 10000}, "Labeled training samples of each class");
    visitor("draws", draws, Between{1, 1000}, "Draws of them; mean and spread are over these");
    visitor("knn", knn, "Nearest neighbors among the few");
  }
};

struct EvaluationOptions {
  KnnOptions knn{};
  LinearProbeOptions linear{};
  FewLabelOptions few_labels{};

  void describe(auto& visitor) {
    visitor("knn", knn, "Weighted nearest neighbors over all labels");
    visitor("linear", linear, "Linear probe");
    visitor("few_labels", few_labels, "Both with few labels");
  }
};

// Accuracy in percent; the spread is the standard deviation over draws (of a sample: n - 1), 0 for
// one draw.
struct Accuracy {
  double mean = 0;
  double spread = 0;
  int draws = 1;
};

// How good one representation is, four ways.
struct EvaluationRow {
  std::string representation;
  Accuracy knn{};
  Accuracy linear{};
  Accuracy few_knn{};
  Accuracy few_linear{};
  double linear_penalty = 0;
};

// Evaluates a representation offline: everything is fitted on `train` alone. Few-label draws
// depend on `seed` and the training labels alone, so representations of one set are compared on the
// same rows. Throws UsageError for features that validate() refuses, for other classes in `test`,
// and where a class has too few samples to draw from.
EvaluationRow evaluate(std::string representation, const LabeledFeatures& train,
                       const LabeledFeatures& test, const EvaluationOptions& options,
                       std::uint64_t seed);

// The table people read, with k, T and the number of draws in its head; and as JSON.
std::string table_of(std::span<const EvaluationRow> rows, const EvaluationOptions& options);
std::string to_json(std::span<const EvaluationRow> rows, const EvaluationOptions& options);

}  // namespace inflow
