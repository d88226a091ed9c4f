#include "inflow/policies/learned/policy_net.hpp"

#include <cmath>
#include <string>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "inflow/ops/random.hpp"

namespace inflow {
namespace {

// Row `row` has the draws of index `position` and epoch `row`.
at::Tensor uniform(at::IntArrayRef sizes, double bound, std::uint64_t seed,
                   std::uint64_t position) {
  at::Tensor drawn = at::empty(sizes, at::kFloat);
  float* value = drawn.mutable_data_ptr<float>();
  const std::int64_t rows = drawn.size(0);
  const std::int64_t columns = drawn.numel() / rows;
  for (std::int64_t row = 0; row < rows; ++row) {
    Rng rng({.seed = seed, .index = position, .epoch = static_cast<std::uint32_t>(row)},
            Stream::policy_weights);
    for (std::int64_t column = 0; column < columns; ++column)
      *value++ = static_cast<float>(rng.uniform(-bound, bound));
  }
  return drawn;
}

}  // namespace

PolicyNet::PolicyNet(const PolicyNetOptions& options, std::int64_t features, std::int64_t ops,
                     std::uint64_t seed)
    : options_(options), features_(features), ops_(ops) {
  std::int64_t inputs = features;
  for (int layer = 0; layer <= options.hidden_layers; ++layer) {
    const std::int64_t outputs = layer < options.hidden_layers ? options.width : 2 * ops;
    const std::string name = std::to_string(layer);
    const double bound = 1 / std::sqrt(static_cast<double>(inputs));
    const auto position = 2 * static_cast<std::uint64_t>(layer);
    // Not torch::nn::Linear, whose constructor draws from the generator of the whole process.
    layers_.push_back({.weight = register_parameter(
                           "weight_" + name, uniform({outputs, inputs}, bound, seed, position)),
                       .bias = register_parameter("bias_" + name,
                                                  uniform({outputs}, bound, seed, position + 1))});
    inputs = outputs;
  }
}

PolicyOutputs PolicyNet::forward(const at::Tensor& features) const {
  const at::Tensor values = last_layer(features);
  return {.levels = values.narrow(1, 0, ops_).sigmoid(), .logits = values.narrow(1, ops_, ops_)};
}

at::Tensor PolicyNet::last_layer(const at::Tensor& features) const {
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  at::Tensor values = features.to(layers_.front().weight.scalar_type());
  for (const Layer& layer : layers_) {
    if (&layer != &layers_.front()) values = values.relu();
    values = at::linear(values, layer.weight, layer.bias);
  }
  return values;
}

std::shared_ptr<PolicyNet> PolicyNet::frozen() const {
  const at::NoGradGuard no_gradients;
  auto copy = std::make_shared<PolicyNet>(options_, features_, ops_, 0);
  const auto from = parameters();
  const auto to = copy->parameters();
  for (std::size_t at = 0; at < to.size(); ++at) {
    to[at].set_data(from[at].clone());
    to[at].set_requires_grad(false);
  }
  return copy;
}

}  // namespace inflow
