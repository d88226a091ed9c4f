#pragma once

#include <ATen/core/Tensor.h>

#include "inflow/ops/options.hpp"

namespace inflow {

struct ManifoldOptions {
  int k = 3;

  void describe(auto& visitor) {
    visitor("k", k, Between{1, 1000}, "Each ball reaches to the k-th nearest sample of its set");
  }
};

struct PrecisionRecall {
  double precision = 0;  // share of the generated that lie where real samples do
  double recall = 0;     // share of the real that lie where generated samples do
};

// A set covers the union of balls around its samples, each as wide as its k-th nearest neighbor in
// the set is far (Kynkaanniemi, Karras, Laine, Lehtinen, Aila, "Improved precision and recall
// metric for assessing generative models", NeurIPS 2019). Rows of features; throws UsageError for a
// set of k rows or fewer.
PrecisionRecall precision_and_recall(const at::Tensor& generated, const at::Tensor& real,
                                     const ManifoldOptions& options = {});

}  // namespace inflow
