#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include "inflow/policies/learned/bilevel.hpp"
#include "inflow/policies/learned/explore.hpp"
#include "inflow/policies/learned/madaug.hpp"
#include "inflow/policies/learned/policy_summary.hpp"

namespace inflow {

// The model as an update of the policy needs it. The functions compute in the model as it is when
// they are called; the module's parts are in evaluation mode meanwhile.
struct LearningModel {
  torch::nn::Module& module;
  std::span<const InnerParameter> parameters;
  std::function<at::Tensor(const at::Tensor& images)> features;  // what the policy net takes
  std::function<at::Tensor(const at::Tensor& mixed)> inner_loss;
  Loss outer_loss;
};

// What one update came to.
struct PolicyUpdate {
  double inner_loss = 0;
  double outer_loss = 0;
  double gradient_norm = 0;
  std::int64_t non_finite =
      0;                    // losses and gradient values that are not; with any nothing is learned
  PolicySummary summary{};  // before the update
};

// Throws UsageError that names the first op in which the list that a policy was saved with differs.
void require_same_ops(std::span<const std::string> saved, std::span<const Op> ops);

// All that an update depends on, besides the model and the batch; for a checkpoint.
struct LearnerState {
  std::vector<std::string> ops{};  // names, in the order of the head's columns
  std::int64_t updates = 0;        // that changed the net
  std::int64_t skipped = 0;        // for values that are not finite
  std::vector<std::pair<std::string, at::Tensor>> tensors{};  // of the net and of Adam, copies
};

// Trains a policy net while a model trains.
class MadaugLearner {
 public:
  // `ops` must outlive this; `features` is what the model gives for each view. Throws UsageError
  // for options that something is wrong with.
  MadaugLearner(const MadaugOptions& options, std::span<const Op> ops, std::int64_t features,
                const ExploreFinish& finish, std::uint64_t seed);
  ~MadaugLearner();

  // One update on the bases of a batch; the model is as before, to the bit. `labels` (int64 of N,
  // or undefined) sort the summary.
  PolicyUpdate update(const LearningModel& model, const Bases& bases,
                      const at::Tensor& labels = {});

  // The policy as it stands now.
  std::shared_ptr<const MadaugPolicy> policy(std::uint64_t version,
                                             const FrozenFeatures& features) const;

  PolicyNet& net();

  LearnerState state() const;
  // Throws UsageError that names the first op that differs, and InputError for tensors of another
  // net.
  void restore(const LearnerState& state);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace inflow
