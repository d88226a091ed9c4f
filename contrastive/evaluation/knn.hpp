#pragma once

#include <ATen/core/Tensor.h>

#include "inflow/ops/options.hpp"
#include "inflow/training/labeled_features.hpp"

namespace inflow {

struct KnnOptions {
  int k = 20;
  double temperature = 0.07;

  void describe(auto& visitor) {
    visitor("k", k, Between{1, 10000}, "Neighbors that vote");
    visitor("temperature", temperature, Between{0.001, 100},
            "A neighbor's vote weighs exp(cosine / temperature)");
  }
};

// The weighted k-nearest-neighbor classifier (Wu et al., "Unsupervised feature learning via
// non-parametric instance discrimination", CVPR 2018, section 3.4): cosine similarity, at most all
// neighbors. Equal similarities are ordered by the position of the neighbor, equal votes by label,
// so the answer repeats. Returns the predicted labels, int64. Throws UsageError for a training set
// that validate() refuses and for queries that validate_queries() does.
at::Tensor knn_predict(const LabeledFeatures& train, const at::Tensor& queries,
                       const KnnOptions& options);

}  // namespace inflow
