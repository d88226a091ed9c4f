#include "inflow/training/sgd_step.hpp"

#include <torch/optim/sgd.h>

#include "inflow/ops/error.hpp"

namespace inflow {

std::vector<InnerParameter> next_sgd_step(const torch::optim::Optimizer& optimizer) {
  if (dynamic_cast<const torch::optim::SGD*>(&optimizer) == nullptr) {
    throw UsageError("policy madaug unrolls a step of sgd: training.optimizer must be sgd");
  }
  std::vector<InnerParameter> parameters;
  for (const torch::optim::OptimizerParamGroup& group : optimizer.param_groups()) {
    const auto& options = static_cast<const torch::optim::SGDOptions&>(group.options());
    for (const at::Tensor& parameter : group.params()) {
      InnerParameter inner{.parameter = parameter,
                           .learning_rate = options.lr(),
                           .momentum = options.momentum(),
                           .weight_decay = options.weight_decay(),
                           .nesterov = options.nesterov()};
      const auto state = optimizer.state().find(parameter.unsafeGetTensorImpl());
      if (state != optimizer.state().end()) {
        inner.buffer =
            static_cast<const torch::optim::SGDParamState&>(*state->second).momentum_buffer();
      }
      parameters.push_back(std::move(inner));
    }
  }
  return parameters;
}

}  // namespace inflow
