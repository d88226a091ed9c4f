#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "inflow/policies/madaug_options.hpp"

namespace inflow {

// All that a probe is, for a checkpoint.
struct ProbeState {
  std::int64_t steps = 0;
  std::vector<std::pair<std::string, at::Tensor>> tensors{};  // of its weights and of Adam, copies
};

// A linear classifier of a model's features, beside the model: how well these tell labels apart. Of
// each batch it sees them centered and of mean square length 1.
class FeatureProbe {
 public:
  // Of weights 0. Throws UsageError for fewer than two classes.
  FeatureProbe(const ProbeOptions& options, std::int64_t features, std::int64_t classes);
  ~FeatureProbe();

  // options.steps steps of Adam down the loss of features (N x features) with labels (int64 of N),
  // which are taken as numbers. Returns the loss before the first.
  double learn(const at::Tensor& features, const at::Tensor& labels);

  // Their mean cross-entropy: a scalar in the type of the features, computed without autocast and
  // differentiable by them; the weights are numbers. Throws UsageError for a label that is no
  // class.
  at::Tensor loss(const at::Tensor& features, const at::Tensor& labels) const;

  ProbeState state() const;
  // Throws InputError for the state of another probe.
  void restore(const ProbeState& state);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace inflow
