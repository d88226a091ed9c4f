#include "inflow/policies/learned/detail/adam.hpp"

#include <memory>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>

#include "inflow/ops/error.hpp"

namespace inflow::learned {
namespace {

const at::Tensor& tensor_of(std::span<const std::pair<std::string, at::Tensor>> saved,
                            const std::string& name, const at::Tensor& like) {
  for (const auto& [other, tensor] : saved) {
    if (other != name) continue;
    if (tensor.sizes() == like.sizes()) return tensor;
    throw InputError("the saved policy has a tensor of another shape: " + name);
  }
  throw InputError("the saved policy lacks a tensor: " + name);
}

}  // namespace

Adam::Adam(const torch::nn::Module& module, double rate, double decay)
    : parameters_(module.parameters()),
      adam_(parameters_, torch::optim::AdamOptions(rate).weight_decay(decay)) {
  for (const auto& parameter : module.named_parameters()) {
    names_.push_back(parameter.key());
    auto state = std::make_unique<ParameterState>();
    state->exp_avg(at::zeros_like(parameter.value()).detach());
    state->exp_avg_sq(at::zeros_like(parameter.value()).detach());
    adam_.state()[parameter.value().unsafeGetTensorImpl()] = std::move(state);
  }
}

void Adam::step(std::span<const at::Tensor> gradients) {
  for (std::size_t at = 0; at < parameters_.size(); ++at)
    parameters_[at].mutable_grad() = gradients[at];
  adam_.step();
  for (const at::Tensor& parameter : parameters_) parameter.mutable_grad().reset();
}

std::vector<std::pair<std::string, at::Tensor>> Adam::state() const {
  auto all = tensors();
  for (auto& [name, tensor] : all) tensor = tensor.detach().clone();
  return all;
}

void Adam::restore(std::span<const std::pair<std::string, at::Tensor>> saved, std::int64_t steps) {
  const at::NoGradGuard no_gradients;
  const auto own = tensors();
  for (const auto& [name, tensor] : own) tensor_of(saved, name, tensor);
  for (const auto& [name, tensor] : own) tensor.copy_(tensor_of(saved, name, tensor));
  for (const at::Tensor& parameter : parameters_) state_of(parameter).step(steps);
}

Adam::ParameterState& Adam::state_of(const at::Tensor& parameter) const {
  const auto& states = adam_.state();
  return static_cast<ParameterState&>(*states.at(parameter.unsafeGetTensorImpl()));
}

std::vector<std::pair<std::string, at::Tensor>> Adam::tensors() const {
  std::vector<std::pair<std::string, at::Tensor>> all;
  for (std::size_t at = 0; at < parameters_.size(); ++at) {
    const ParameterState& state = state_of(parameters_[at]);
    all.emplace_back("value." + names_[at], parameters_[at]);
    all.emplace_back("mean." + names_[at], state.exp_avg());
    all.emplace_back("square." + names_[at], state.exp_avg_sq());
  }
  return all;
}

}  // namespace inflow::learned
