#include <torch/optim/sgd.h>

#include "inflow/training/detail/parameter_groups.hpp"

namespace inflow::training {
namespace {

struct SgdOptions {
  double lr = 0.1;
  double momentum = 0.9;
  bool nesterov = false;
  double weight_decay = 1e-4;
  bool decay_biases = false;

  void describe(auto& visitor) {
    visitor("lr", lr, kPositive, "Learning rate, which the schedule multiplies");
    visitor("momentum", momentum, kProbability, "Share of the last step that is kept");
    visitor("nesterov", nesterov, "Look ahead along the momentum");
    visitor("weight_decay", weight_decay, Between{.low = 0},
            "Added to the gradient, times the weights");
    visitor("decay_biases", decay_biases, "Weight decay for biases and norms too");
  }
};

OptimizerPtr make(const SgdOptions& options, const NamedParameters& parameters) {
  if (options.nesterov && options.momentum == 0)
    throw UsageError("nesterov needs a momentum above 0");
  auto optimizer = std::make_unique<torch::optim::SGD>(weights_then_biases(parameters),
                                                       torch::optim::SGDOptions(options.lr)
                                                           .momentum(options.momentum)
                                                           .nesterov(options.nesterov)
                                                           .weight_decay(options.weight_decay));
  if (!options.decay_biases)
    options_of_biases<torch::optim::SGDOptions>(*optimizer).weight_decay(0);
  return optimizer;
}

}  // namespace

OptimizerEntry sgd() {
  return catalog_entry<OptimizerPtr, const NamedParameters&>(
      "sgd", "Stochastic gradient descent with momentum", make);
}

}  // namespace inflow::training
