#include "inflow/policies/learned/bilevel.hpp"

#include <cstddef>

#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

namespace inflow {
namespace {

using Tensors = std::vector<at::Tensor>;

// The derivatives of a scalar; undefined where it does not depend on an input.
Tensors gradients_of(const at::Tensor& scalar, const Tensors& inputs, bool differentiable) {
  return torch::autograd::grad({scalar}, inputs, /*grad_outputs=*/{},
                               /*retain_graph=*/differentiable, /*create_graph=*/differentiable,
                               /*allow_unused=*/true);
}

// What the gradient is multiplied with on its way to the step.
double share_of_gradient(const InnerParameter& inner) {
  return inner.learning_rate * (inner.nesterov ? 1 + inner.momentum : 1);
}

// The parameter after the step; itself where the loss does not depend on it, as LibTorch has it.
at::Tensor stepped(const InnerParameter& inner, const at::Tensor& gradient) {
  const at::Tensor& parameter = inner.parameter;
  if (!gradient.defined()) return parameter.detach();
  const at::Tensor decayed =
      inner.weight_decay == 0 ? gradient : gradient + inner.weight_decay * parameter;
  const at::Tensor momentum =
      inner.buffer.defined() ? inner.momentum * inner.buffer + decayed : decayed;
  const at::Tensor direction = inner.nesterov ? decayed + inner.momentum * momentum : momentum;
  return (parameter - inner.learning_rate * direction).detach();
}

// Lets parameters stand at other values as long as it lives. Their own memory is put aside and not
// written, so what was computed from them before may be differentiated after it.
class Moved {
 public:
  Moved(const Tensors& parameters, const Tensors& values) : parameters_(parameters) {
    for (const at::Tensor& parameter : parameters) own_.push_back(parameter.detach());
    set(values);
  }
  ~Moved() { set(own_); }
  Moved(const Moved&) = delete;
  Moved& operator=(const Moved&) = delete;

 private:
  void set(const Tensors& values) {
    for (std::size_t at = 0; at < values.size(); ++at) parameters_[at].set_data(values[at]);
    // It keeps bfloat16 copies of the parameters it knows, whatever they hold meanwhile.
    at::autocast::clear_cache();
  }

  Tensors parameters_;
  Tensors own_;
};

// The outer loss and its derivatives at the given values of the parameters.
Tensors outer_gradients(const Tensors& parameters, const Tensors& values, const Loss& outer,
                        double& loss) {
  const Moved moved(parameters, values);
  const at::Tensor scalar = outer();
  loss = scalar.item<double>();
  return gradients_of(scalar, parameters, /*differentiable=*/false);
}

}  // namespace

Hypergradient hypergradient(std::span<const InnerParameter> parameters, const Loss& inner,
                            const Loss& outer, std::span<const at::Tensor> wanted) {
  const at::AutoGradMode gradients(true);
  Hypergradient result;
  Tensors leaves;
  for (const InnerParameter& parameter : parameters) leaves.push_back(parameter.parameter);

  const at::Tensor inner_loss = inner();
  result.inner_loss = inner_loss.item<double>();
  const Tensors of_inner = gradients_of(inner_loss, leaves, /*differentiable=*/true);

  Tensors values;
  {
    const at::NoGradGuard no_gradients;
    for (std::size_t at = 0; at < leaves.size(); ++at)
      values.push_back(stepped(parameters[at], of_inner[at]));
  }
  const Tensors of_outer = outer_gradients(leaves, values, outer, result.outer_loss);

  // The step moves with the gradient of the inner loss, and the outer loss with the step.
  at::Tensor product;
  for (std::size_t at = 0; at < leaves.size(); ++at) {
    if (!of_inner[at].defined() || !of_outer[at].defined() || !of_inner[at].requires_grad())
      continue;
    const at::Tensor term =
        (of_inner[at] * of_outer[at]).sum() * -share_of_gradient(parameters[at]);
    product = product.defined() ? product + term : term;
  }
  const Tensors inputs(wanted.begin(), wanted.end());
  if (product.defined()) {
    result.gradients = gradients_of(product, inputs, /*differentiable=*/false);
  } else {
    result.gradients.resize(inputs.size());
  }
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    if (!result.gradients[at].defined()) result.gradients[at] = at::zeros_like(inputs[at]);
  }
  return result;
}

EvaluationMode::EvaluationMode(torch::nn::Module& model) {
  model.apply([this](torch::nn::Module& part) { parts_.push_back({&part, part.is_training()}); });
  model.eval();
}

EvaluationMode::~EvaluationMode() {
  // A module sets those below it too; they come later and have the last word.
  for (const Part& part : parts_) part.module->train(part.training);
}

}  // namespace inflow
