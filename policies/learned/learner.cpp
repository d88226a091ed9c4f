#include "inflow/policies/learned/learner.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/softmax.h>

#include "inflow/policies/learned/detail/adam.hpp"

namespace inflow {
namespace {

std::int64_t non_finite(const Hypergradient& result) {
  std::int64_t count =
      (std::isfinite(result.inner_loss) ? 0 : 1) + (std::isfinite(result.outer_loss) ? 0 : 1);
  for (const at::Tensor& gradient : result.gradients)
    count += gradient.numel() - gradient.isfinite().sum().item<std::int64_t>();
  return count;
}

double norm_of(std::span<const at::Tensor> gradients) {
  double squares = 0;
  for (const at::Tensor& gradient : gradients)
    squares += gradient.to(at::kDouble).square().sum().item<double>();
  return std::sqrt(squares);
}

}  // namespace

void require_same_ops(std::span<const std::string> saved, std::span<const Op> ops) {
  const std::size_t most = std::max(saved.size(), ops.size());
  for (std::size_t at = 0; at < most; ++at) {
    const std::string there = at < saved.size() ? saved[at] : "none";
    const std::string here(at < ops.size() ? ops[at].name : "none");
    if (there == here) continue;
    throw UsageError("the saved policy is for other ops: op " + std::to_string(at) + " is " +
                     there + " there and " + here + " here");
  }
}

struct MadaugLearner::State {
  State(const MadaugOptions& options_of, std::span<const Op> ops_of, std::int64_t features,
        const ExploreFinish& finish_of, std::uint64_t seed)
      : options(options_of),
        ops(ops_of),
        finish(finish_of.finish),
        net(std::make_shared<PolicyNet>(options_of.net, features,
                                        static_cast<std::int64_t>(ops_of.size()), seed)),
        explorer(ops_of, finish_of),
        adam(*net, options_of.learning_rate, options_of.weight_decay) {
    if (options.normalized_features) return;
    finish.mean = {0, 0, 0};
    finish.stddev = {1, 1, 1};
  }

  PolicyOutputs outputs_of(const LearningModel& model, const at::Tensor& images) const {
    const at::AutoGradMode gradients(true);
    if (options.feature_gradient) return net->forward(model.features(images));
    const at::Tensor features = [&] {
      const at::NoGradGuard no_gradients;
      return model.features(images);
    }();
    return net->forward(features);
  }

  MadaugOptions options;
  std::span<const Op> ops;
  Finish finish;  // of the pictures that the policy sees
  std::shared_ptr<PolicyNet> net;
  Explorer explorer;
  learned::Adam adam;
  std::int64_t updates = 0;
  std::int64_t skipped = 0;
};

MadaugLearner::MadaugLearner(const MadaugOptions& options, std::span<const Op> ops,
                             std::int64_t features, const ExploreFinish& finish,
                             std::uint64_t seed) {
  throw_if_any("policy madaug", what_is_wrong(options, ops));
  state_ = std::make_unique<State>(options, ops, features, finish, seed);
}

MadaugLearner::~MadaugLearner() = default;

PolicyUpdate MadaugLearner::update(const LearningModel& model, const Bases& bases,
                                   const at::Tensor& labels) {
  const EvaluationMode evaluation(model.module);
  State& state = *state_;
  const MadaugOptions& options = state.options;
  const at::Tensor images = normalized(bases.images, state.finish);
  const PolicyOutputs outputs = state.outputs_of(model, images);
  const Pictures pictures = state.explorer(bases, outputs.levels);
  const at::Tensor slopes =
      options.level_gradient == LevelGradient::central_difference
          ? state.explorer.slopes(bases, outputs.levels, options.difference_step)
          : at::Tensor();
  const Loss inner = [&] {
    const at::Tensor probabilities = at::softmax(outputs.logits / options.learn_temperature, 1);
    return model.inner_loss(mixture(pictures, probabilities, outputs.levels, slopes));
  };
  const std::vector<at::Tensor> wanted = state.net->parameters();
  const Hypergradient result = hypergradient(model.parameters, inner, model.outer_loss, wanted);

  PolicyUpdate update{.inner_loss = result.inner_loss,
                      .outer_loss = result.outer_loss,
                      .gradient_norm = norm_of(result.gradients),
                      .non_finite = non_finite(result),
                      .summary = summarize(state.ops, outputs, options.temperature, labels)};
  if (update.non_finite > 0) {
    ++state.skipped;
  } else {
    state.adam.step(result.gradients);
    ++state.updates;
  }
  return update;
}

std::shared_ptr<const MadaugPolicy> MadaugLearner::policy(std::uint64_t version,
                                                          const FrozenFeatures& features) const {
  return std::make_shared<MadaugPolicy>(version, state_->options, state_->ops, features,
                                        state_->net->frozen());
}

PolicyNet& MadaugLearner::net() { return *state_->net; }

LearnerState MadaugLearner::state() const {
  LearnerState state{
      .updates = state_->updates, .skipped = state_->skipped, .tensors = state_->adam.state()};
  for (const Op& op : state_->ops) state.ops.emplace_back(op.name);
  return state;
}

void MadaugLearner::restore(const LearnerState& state) {
  require_same_ops(state.ops, state_->ops);
  state_->adam.restore(state.tensors, state.updates);
  state_->updates = state.updates;
  state_->skipped = state.skipped;
}

}  // namespace inflow
