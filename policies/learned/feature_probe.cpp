#include "inflow/policies/learned/feature_probe.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/zeros.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/nn/module.h>

#include "inflow/policies/learned/detail/adam.hpp"
#include "inflow/policies/learned/detail/inference_scope.hpp"

namespace inflow {
namespace {

// Centered and of mean square length 1 over the batch, so that one rate of learning fits features
// of every scale and number, and goes on fitting while the model that makes them learns.
at::Tensor standardized(const at::Tensor& features) {
  const at::Tensor centered = features - features.mean(0);
  return centered / centered.square().sum(1).mean().clamp_min(1e-12).sqrt();
}

// The loss is convex, so that there is nothing to draw: from 0, as the probe of an evaluation.
struct Weights : torch::nn::Module {
  Weights(std::int64_t features, std::int64_t classes)
      : weight(register_parameter("weight", at::zeros({classes, features}, at::kFloat))),
        bias(register_parameter("bias", at::zeros({classes}, at::kFloat))) {}

  at::Tensor weight;
  at::Tensor bias;
};

}  // namespace

struct FeatureProbe::State {
  State(const ProbeOptions& options_of, std::int64_t features, std::int64_t classes)
      : options(options_of),
        weights(features, classes),
        adam(weights, options_of.learning_rate, options_of.weight_decay) {}

  void check(const at::Tensor& labels) const {
    const std::int64_t classes = weights.bias.size(0);
    const auto least = labels.min().item<std::int64_t>();
    const auto most = labels.max().item<std::int64_t>();
    if (least >= 0 && most < classes) return;
    throw UsageError("a probe needs labels from 0 to " + std::to_string(classes - 1) + ": " +
                     std::to_string(least < 0 ? least : most));
  }

  ProbeOptions options;
  Weights weights;
  learned::Adam adam;
  std::int64_t steps = 0;
};

FeatureProbe::FeatureProbe(const ProbeOptions& options, std::int64_t features,
                           std::int64_t classes) {
  if (classes < 2)
    throw UsageError("a probe needs two classes or more: " + std::to_string(classes));
  state_ = std::make_unique<State>(options, features, classes);
}

FeatureProbe::~FeatureProbe() = default;

double FeatureProbe::learn(const at::Tensor& features, const at::Tensor& labels) {
  const learned::OneThreadScope one_thread;
  const at::AutoGradMode gradients(true);
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  State& state = *state_;
  state.check(labels);
  const at::Tensor numbers = standardized(features.detach().to(state.weights.weight.scalar_type()));
  const std::vector<at::Tensor> parameters = state.weights.parameters();
  double first = 0;
  for (int step = 0; step < state.options.steps; ++step) {
    const at::Tensor scores = at::linear(numbers, state.weights.weight, state.weights.bias);
    const at::Tensor loss = at::cross_entropy_loss(scores, labels);
    if (step == 0) first = loss.item<double>();
    state.adam.step(torch::autograd::grad({loss}, parameters));
    ++state.steps;
  }
  return first;
}

at::Tensor FeatureProbe::loss(const at::Tensor& features, const at::Tensor& labels) const {
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  state_->check(labels);
  const auto type = features.scalar_type();
  const Weights& weights = state_->weights;
  return at::cross_entropy_loss(at::linear(standardized(features), weights.weight.detach().to(type),
                                           weights.bias.detach().to(type)),
                                labels);
}

ProbeState FeatureProbe::state() const {
  return {.steps = state_->steps, .tensors = state_->adam.state()};
}

void FeatureProbe::restore(const ProbeState& state) {
  state_->adam.restore(state.tensors, state.steps);
  state_->steps = state.steps;
}

}  // namespace inflow
