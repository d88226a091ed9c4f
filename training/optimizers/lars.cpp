#include "inflow/training/optimizers/lars.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/zeros_like.h>

#include "inflow/training/detail/parameter_groups.hpp"

namespace inflow {
namespace {

void check(bool right, std::string_view what, double value) {
  if (!right) throw UsageError("lars: " + std::string(what) + ": " + std::to_string(value));
}

void check(const LarsOptions& options) {
  check(options.lr() >= 0, "lr must not be negative", options.lr());
  check(options.momentum() >= 0 && options.momentum() <= 1, "momentum must be in [0, 1]",
        options.momentum());
  check(options.weight_decay() >= 0, "weight_decay must not be negative", options.weight_decay());
  check(options.trust() > 0, "trust must be positive", options.trust());
}

double euclidean_norm(const at::Tensor& tensor) {
  return at::linalg_vector_norm(tensor, 2, std::nullopt, /*keepdim=*/false, at::kDouble)
      .item<double>();
}

// q of the header, where `decayed` is the gradient with the decay.
double adaptation(const at::Tensor& weights, const at::Tensor& decayed,
                  const LarsOptions& options) {
  if (!options.adapt()) return 1;
  const double weight_norm = euclidean_norm(weights);
  if (weight_norm == 0) return 1;
  double norm = euclidean_norm(options.sum_norms() ? weights.grad() : decayed);
  if (norm == 0) return 0;
  if (options.sum_norms()) norm += options.weight_decay() * weight_norm + 1e-8;
  const double ratio = options.trust() * weight_norm / norm;
  if (!options.clip()) return ratio;
  return ratio < options.lr() ? ratio / options.lr() : 1;
}

void move(at::Tensor& weights, at::Tensor& velocity, const LarsOptions& options) {
  at::Tensor gradient = weights.grad();
  if (options.weight_decay() != 0) gradient = gradient.add(weights, options.weight_decay());
  const double inside = options.rate_in_momentum() ? options.lr() : 1;
  const double outside = options.rate_in_momentum() ? 1 : options.lr();
  const double rate = inside * adaptation(weights, gradient, options);
  velocity.mul_(options.momentum()).add_(gradient, rate);
  if (options.nesterov()) {
    weights.sub_(velocity.mul(options.momentum()).add_(gradient, rate), outside);
  } else {
    weights.sub_(velocity, outside);
  }
}

// Archives of runs that began before there was the option do not have it.
bool read_flag(torch::serialize::InputArchive& archive, const std::string& key, bool otherwise) {
  c10::IValue value;
  return archive.try_read(key, value) ? value.toBool() : otherwise;
}

}  // namespace

void LarsOptions::serialize(torch::serialize::InputArchive& archive) {
  _TORCH_OPTIM_DESERIALIZE_TORCH_ARG(double, lr);
  _TORCH_OPTIM_DESERIALIZE_TORCH_ARG(double, momentum);
  _TORCH_OPTIM_DESERIALIZE_TORCH_ARG(bool, nesterov);
  _TORCH_OPTIM_DESERIALIZE_TORCH_ARG(double, weight_decay);
  _TORCH_OPTIM_DESERIALIZE_TORCH_ARG(double, trust);
  _TORCH_OPTIM_DESERIALIZE_TORCH_ARG(bool, adapt);
  sum_norms(read_flag(archive, "sum_norms", /*otherwise=*/false));
  clip(read_flag(archive, "clip", /*otherwise=*/false));
  rate_in_momentum(read_flag(archive, "rate_in_momentum", /*otherwise=*/true));
}

void LarsOptions::serialize(torch::serialize::OutputArchive& archive) const {
  _TORCH_OPTIM_SERIALIZE_TORCH_ARG(lr);
  _TORCH_OPTIM_SERIALIZE_TORCH_ARG(momentum);
  _TORCH_OPTIM_SERIALIZE_TORCH_ARG(nesterov);
  _TORCH_OPTIM_SERIALIZE_TORCH_ARG(weight_decay);
  _TORCH_OPTIM_SERIALIZE_TORCH_ARG(trust);
  _TORCH_OPTIM_SERIALIZE_TORCH_ARG(adapt);
  _TORCH_OPTIM_SERIALIZE_TORCH_ARG(sum_norms);
  _TORCH_OPTIM_SERIALIZE_TORCH_ARG(clip);
  _TORCH_OPTIM_SERIALIZE_TORCH_ARG(rate_in_momentum);
}

void LarsParamState::serialize(torch::serialize::InputArchive& archive) {
  _TORCH_OPTIM_DESERIALIZE_TORCH_ARG(at::Tensor, velocity);
}

void LarsParamState::serialize(torch::serialize::OutputArchive& archive) const {
  _TORCH_OPTIM_SERIALIZE_TORCH_ARG(velocity);
}

Lars::Lars(const std::vector<torch::optim::OptimizerParamGroup>& groups,
           const LarsOptions& defaults)
    : Optimizer(groups, std::make_unique<LarsOptions>(defaults)) {
  check(defaults);
  for (const torch::optim::OptimizerParamGroup& group : param_groups()) {
    check(static_cast<const LarsOptions&>(group.options()));
  }
}

Lars::Lars(std::vector<at::Tensor> parameters, const LarsOptions& defaults)
    : Lars(std::vector{torch::optim::OptimizerParamGroup(std::move(parameters))}, defaults) {}

at::Tensor Lars::step(LossClosure closure) {
  at::Tensor loss;
  if (closure) {
    const at::AutoGradMode with_gradients(true);
    loss = closure();
  }
  const at::NoGradGuard no_gradients;
  for (torch::optim::OptimizerParamGroup& group : param_groups()) {
    const LarsOptions& options = static_cast<const LarsOptions&>(group.options());
    for (at::Tensor& weights : group.params()) {
      if (weights.grad().defined()) move(weights, velocity_of(weights), options);
    }
  }
  return loss;
}

// The only place that knows LibTorch's key of a parameter's state.
at::Tensor& Lars::velocity_of(const at::Tensor& weights) {
  std::unique_ptr<torch::optim::OptimizerParamState>& state = state_[weights.unsafeGetTensorImpl()];
  if (state == nullptr) {
    auto fresh = std::make_unique<LarsParamState>();
    fresh->velocity(at::zeros_like(weights));
    state = std::move(fresh);
  }
  return static_cast<LarsParamState&>(*state).velocity();
}

void Lars::save(torch::serialize::OutputArchive& archive) const {
  torch::optim::serialize<LarsParamState, LarsOptions>(archive, *this);
}

void Lars::load(torch::serialize::InputArchive& archive) {
  torch::optim::serialize<LarsParamState, LarsOptions>(archive, *this);
}

namespace training {
namespace {

struct LarsSettings {
  double lr = 0.3;
  double momentum = 0.9;
  bool nesterov = false;
  double weight_decay = 1e-6;
  double trust = 1e-3;
  bool decay_biases = false;
  bool adapt_biases = false;
  bool sum_norms = false;
  bool clip = false;
  bool rate_in_momentum = true;

  void describe(auto& visitor) {
    visitor("lr", lr, kPositive, "Learning rate, which the schedule multiplies");
    visitor("momentum", momentum, kProbability, "Share of the last step that is kept");
    visitor("nesterov", nesterov, "Look ahead along the momentum");
    visitor("weight_decay", weight_decay, Between{.low = 0},
            "Added to the gradient, times the weights");
    visitor("trust", trust, kPositive, "Step length as a share of the norm of the weights (eta)");
    visitor("decay_biases", decay_biases, "Weight decay for biases and norms too");
    visitor("adapt_biases", adapt_biases, "Adapt the rate of biases and norms too");
    visitor("sum_norms", sum_norms,
            "Adapt by the norms of gradient and decay added up, not by that of their sum");
    visitor("clip", clip, "Adapted rates are at most lr, and not multiplied by it");
    visitor("rate_in_momentum", rate_in_momentum,
            "Momentum keeps steps, in which the rate is; otherwise gradients");
  }
};

OptimizerPtr make(const LarsSettings& settings, const NamedParameters& parameters) {
  auto optimizer = std::make_unique<Lars>(weights_then_biases(parameters),
                                          LarsOptions(settings.lr)
                                              .momentum(settings.momentum)
                                              .nesterov(settings.nesterov)
                                              .weight_decay(settings.weight_decay)
                                              .trust(settings.trust)
                                              .sum_norms(settings.sum_norms)
                                              .clip(settings.clip)
                                              .rate_in_momentum(settings.rate_in_momentum));
  LarsOptions& biases = options_of_biases<LarsOptions>(*optimizer);
  if (!settings.decay_biases) biases.weight_decay(0);
  biases.adapt(settings.adapt_biases);
  return optimizer;
}

}  // namespace

OptimizerEntry lars() {
  return catalog_entry<OptimizerPtr, const NamedParameters&>(
      "lars", "Layer-wise adaptive rates, as SimCLR uses them", make);
}

}  // namespace training
}  // namespace inflow
