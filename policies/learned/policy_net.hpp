#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <torch/nn/module.h>

#include "inflow/policies/madaug_options.hpp"

namespace inflow {

// What a policy net says of N views, for each of the ops: N x ops each, in the type of its weights.
struct PolicyOutputs {
  at::Tensor levels;  // in [0, 1]; of the numbered ops' ranges
  at::Tensor logits;  // of the probabilities, before a temperature
};

// MADAug's policy head: features of views in, a level and a logit for every op out.
class PolicyNet : public torch::nn::Module {
 public:
  // Weights and biases are uniform in +-1 / sqrt(inputs), each row drawn from an address of its
  // own.
  PolicyNet(const PolicyNetOptions& options, std::int64_t features, std::int64_t ops,
            std::uint64_t seed);

  // Without autocast, in the type of the weights.
  PolicyOutputs forward(const at::Tensor& features) const;

  // The same as the last layer has it: N x 2 ops, the levels before their sigmoid, then the logits.
  at::Tensor last_layer(const at::Tensor& features) const;

  // The same net with weights of its own, which need no gradient.
  std::shared_ptr<PolicyNet> frozen() const;

  std::int64_t features() const { return features_; }
  std::int64_t ops() const { return ops_; }

 private:
  struct Layer {
    at::Tensor weight;
    at::Tensor bias;
  };

  PolicyNetOptions options_;
  std::int64_t features_;
  std::int64_t ops_;
  std::vector<Layer> layers_;
};

}  // namespace inflow
