#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "inflow/ops/options.hpp"
#include "inflow/training/labeled_features.hpp"

namespace inflow {

struct LinearProbeOptions {
  std::vector<double> penalties{1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  double validation = 0.1;
  int folds = 5;
  int iterations = 100;

  void describe(auto& visitor) {
    visitor("penalties", penalties, Between{0, 1e6}, "L2 penalties to choose from");
    visitor("validation", validation, Between{0.01, 0.9},
            "Share of the training set the penalty is chosen on");
    visitor("folds", folds, Between{2, 100}, "Folds instead of one split where labels are few");
    visitor("iterations", iterations, Between{1, 100000}, "Most iterations of L-BFGS for one fit");
  }
};

struct LinearProbe {
  at::Tensor weight;  // classes x D, on standardized features
  at::Tensor bias;    // classes
  at::Tensor mean;    // D, of the training features
  at::Tensor scale;   // D, 1 / their standard deviation; 0 where that is 0
  double penalty = 0;

  at::Tensor predict(const at::Tensor& queries) const;  // labels, int64
};

// Multinomial logistic regression on frozen, standardized features by LibTorch's L-BFGS: mean cross
// entropy plus penalty / 2 * |weight|^2, from zero, float32 also under autocast. The penalty is the
// one that gets most right on a stratified split of the training set keyed by `seed` (over folds
// where a class has fewer than 100 samples), the strongest of equal ones; then the whole training
// set is fitted. No other data is looked at. Throws UsageError without penalties, for fewer than
// two samples, and for features that validate() refuses.
LinearProbe fit_linear_probe(const LabeledFeatures& train, const LinearProbeOptions& options,
                             std::uint64_t seed);

}  // namespace inflow
