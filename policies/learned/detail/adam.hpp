#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>
#include <torch/optim/adam.h>

namespace inflow::learned {

// LibTorch's Adam on the parameters of a module, with a state that can be saved: it is there before
// the first step.
class Adam {
 public:
  Adam(const torch::nn::Module& module, double rate, double decay);

  // One step down the gradients, one for each parameter, of which none stays there.
  void step(std::span<const at::Tensor> gradients);

  // Copies of all that a step changes, by name: for each parameter its value, the mean of its
  // gradients and that of their squares.
  std::vector<std::pair<std::string, at::Tensor>> state() const;

  // As it was after `steps` steps. Throws InputError for a tensor that is missing or of another
  // shape; nothing is changed then.
  void restore(std::span<const std::pair<std::string, at::Tensor>> saved, std::int64_t steps);

 private:
  using ParameterState = torch::optim::AdamParamState;

  ParameterState& state_of(const at::Tensor& parameter) const;
  // What state() copies.
  std::vector<std::pair<std::string, at::Tensor>> tensors() const;

  std::vector<std::string> names_;
  std::vector<at::Tensor> parameters_;
  torch::optim::Adam adam_;
};

}  // namespace inflow::learned
