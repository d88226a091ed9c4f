#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <torch/nn/module.h>

#include "inflow/ops/named_list.hpp"

namespace inflow {

// Turns images N x C x H x W into features N x features(), float32. What pretraining trains and
// what is exported.
class Encoder : public torch::nn::Module {
 public:
  virtual at::Tensor forward(const at::Tensor& images) = 0;
  virtual std::int64_t features() const = 0;
  virtual std::int64_t channels() const = 0;  // of the images it takes
  // The class of stem, for the manifest of an export: `small` (3x3) or `large` (7x7 with pooling).
  virtual std::string stem() const = 0;
};

// The encoders, by name, for images of the given number of channels.
const Catalog<std::shared_ptr<Encoder>, std::int64_t>& encoders();

// Makes encoders of one kind, each with weights of its own.
using NewEncoder = std::function<std::shared_ptr<Encoder>()>;

// Draws every parameter anew from its own address (seed, position among the parameters):
// convolutions normal with variance 2 / fan-out (He et al. 2015), linear layers uniform in +-1 /
// sqrt(fan-in), norms 1 and 0, biases 0; buffers reset, dropouts to the seed and their position.
// The same weights on every machine.
void initialize(torch::nn::Module& module, std::uint64_t seed);

}  // namespace inflow
