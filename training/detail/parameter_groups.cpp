#include "inflow/training/detail/parameter_groups.hpp"

namespace inflow::training {

std::vector<torch::optim::OptimizerParamGroup> weights_then_biases(
    const NamedParameters& parameters) {
  if (parameters.is_empty()) throw UsageError("there is no parameter to optimize");
  std::vector<at::Tensor> weights;
  std::vector<at::Tensor> biases;
  for (const auto& parameter : parameters) {
    (parameter.value().dim() > 1 ? weights : biases).push_back(parameter.value());
  }
  return {torch::optim::OptimizerParamGroup(std::move(weights)),
          torch::optim::OptimizerParamGroup(std::move(biases))};
}

}  // namespace inflow::training
