#include "inflow/training/optimizer.hpp"

namespace inflow {
namespace training {

using OptimizerEntry =
    Catalog<std::unique_ptr<torch::optim::Optimizer>, const NamedParameters&>::Entry;

OptimizerEntry sgd();
OptimizerEntry adam();
OptimizerEntry adamw();
OptimizerEntry lars();

}  // namespace training

const Catalog<std::unique_ptr<torch::optim::Optimizer>, const NamedParameters&>& optimizers() {
  static const Catalog<std::unique_ptr<torch::optim::Optimizer>, const NamedParameters&> all{
      "optimizer", {training::sgd(), training::adam(), training::adamw(), training::lars()}};
  return all;
}

void set_learning_rate(torch::optim::Optimizer& optimizer, double rate) {
  for (torch::optim::OptimizerParamGroup& group : optimizer.param_groups())
    group.options().set_lr(rate);
}

double learning_rate(const torch::optim::Optimizer& optimizer) {
  return optimizer.defaults().get_lr();
}

}  // namespace inflow
