#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>

#include "inflow/training/detail/parameter_groups.hpp"

namespace inflow::training {
namespace {

struct AdamOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  bool decay_biases = false;

  void describe(auto& visitor) {
    visitor("lr", lr, kPositive, "Learning rate, which the schedule multiplies");
    visitor("beta1", beta1, kProbability, "Share that is kept of the mean of gradients, below 1");
    visitor("beta2", beta2, kProbability,
            "Share that is kept of the mean of squared gradients, below 1");
    visitor("epsilon", epsilon, Between{.low = 0}, "Added to the root of the mean square");
    visitor("weight_decay", weight_decay, Between{.low = 0},
            "Times the weights: adam adds it to the gradient, adamw takes it, times the learning "
            "rate, off the weights");
    visitor("decay_biases", decay_biases, "Weight decay for biases and norms too");
  }
};

struct AdamwOptions : AdamOptions {
  AdamwOptions() { weight_decay = 1e-2; }
};

template <class Optimizer, class GroupOptions>
OptimizerPtr make(const AdamOptions& options, const NamedParameters& parameters) {
  if (options.beta1 >= 1 || options.beta2 >= 1) throw UsageError("beta1 and beta2 must be below 1");
  auto optimizer = std::make_unique<Optimizer>(weights_then_biases(parameters),
                                               GroupOptions(options.lr)
                                                   .betas({options.beta1, options.beta2})
                                                   .eps(options.epsilon)
                                                   .weight_decay(options.weight_decay));
  if (!options.decay_biases) options_of_biases<GroupOptions>(*optimizer).weight_decay(0);
  return optimizer;
}

OptimizerPtr make_adam(const AdamOptions& options, const NamedParameters& parameters) {
  return make<torch::optim::Adam, torch::optim::AdamOptions>(options, parameters);
}

OptimizerPtr make_adamw(const AdamwOptions& options, const NamedParameters& parameters) {
  return make<torch::optim::AdamW, torch::optim::AdamWOptions>(options, parameters);
}

}  // namespace

OptimizerEntry adam() {
  return catalog_entry<OptimizerPtr, const NamedParameters&>(
      "adam", "Adam; weight decay is added to the gradient", make_adam);
}

OptimizerEntry adamw() {
  return catalog_entry<OptimizerPtr, const NamedParameters&>(
      "adamw", "Adam with weight decay apart from the gradient", make_adamw);
}

}  // namespace inflow::training
