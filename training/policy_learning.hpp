#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/pipeline/run.hpp"
#include "inflow/policies/learned/learner.hpp"
#include "inflow/policies/published_policies.hpp"
#include "inflow/training/companion.hpp"
#include "inflow/training/compute.hpp"
#include "inflow/training/encoder.hpp"
#include "inflow/training/objective.hpp"
#include "inflow/training/policy_history.hpp"

namespace inflow {

// What all states of a run's policy have in common.
struct PolicyKind {
  MadaugOptions options;
  std::vector<Op> ops;
  Finish finish;  // of the images that the encoder takes
  // An encoder of the kind that is trained, whose weights do not matter.
  std::function<std::shared_ptr<Encoder>()> new_encoder;
  Compute compute;
};

// What a policy that learns needs of the run it is part of.
struct PolicyLearningSetup {
  PolicyKind kind;
  std::shared_ptr<Objective> objective;
  Encoder* encoder = nullptr;  // the objective's
  // How the batches are made that the policy is for; its own policy does not matter.
  Pipeline training;
  // Samples that are not trained on, endless. The loss on a batch of them after a step is what the
  // policy is to lower.
  Pipeline validation;
  // For `outer: probe`, labeled samples that are neither trained on nor in `validation`, endless:
  // what the probe learns from.
  std::optional<Pipeline> probe{};
};

// Throws UsageError where views differ in size, which cannot pass a model together, and where
// samples are too few for a batch to validate on or for the probe, or the probe has none.
void check(const PolicyLearningSetup& setup);

// The newest of the policies in a saved state, for every view instead of the share of the
// curriculum: for a look at it. Throws UsageError for a policy of other ops.
std::shared_ptr<const Policy> newest_policy(PolicyKind kind, std::string_view saved);

// MADAug in a run: the policy of its batches learns from the objective, before every
// `options.every`-th step, by the bi-level update of policies/learned. The inner loss is the
// objective's on the mixtures of all ops, one for each view, the outer loss the objective's on
// held-out samples. For a classifier that is the paper; for a contrastive method it is an extension
// of ours, and so is the other outer loss: that of a probe of the encoder's features, which learns
// from a batch of its own before each update.
class PolicyLearning final : public Companion {
 public:
  // Begins anew. Throws as check() does.
  explicit PolicyLearning(PolicyLearningSetup setup);
  ~PolicyLearning() override;

  // The policies of the batches, for Pipeline::series; another series after restore().
  std::shared_ptr<PolicySeries> series() const;

  // Throws UsageError unless the optimizer is sgd.
  void before_step(std::int64_t step, const BatchTensors& batch,
                   const torch::optim::Optimizer& optimizer) override;
  void after_step(std::int64_t step) override;
  std::string state() const override;
  // Before the first step only. Throws UsageError for a policy of other ops, whose first difference
  // it names.
  void restore(std::string_view saved) override;

  // The policy as it stands, for every view instead of the share of the curriculum.
  std::shared_ptr<const Policy> newest() const;

  PolicyHistory& history();

  // Seconds spent on updates and on publishing so far, for whoever watches.
  double seconds() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace inflow
