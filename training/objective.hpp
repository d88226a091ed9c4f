#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <torch/nn/module.h>

#include "inflow/training/batch_tensors.hpp"

namespace inflow {

// A number for the log beside the loss, by its name in snake_case.
struct Measure {
  std::string name;
  double value = 0;
};

// What a trainer trains: a batch goes in, one scalar comes out. Its parameters are optimized, its
// parameters and buffers checkpointed.
class Objective : public torch::nn::Module {
 public:
  // A differentiable float32 scalar. Called in training mode, inside the trainer's autocast.
  virtual at::Tensor loss(const BatchTensors& batch) = 0;

  // Before the first step: all parameters and buffers as the seed gives them. Here: by
  // inflow::initialize. One whose parts begin as copies or as zeros says so by overriding it.
  virtual void begin(std::uint64_t seed);

  // After the optimizer's step number `step` (from 1) of `steps`: momentum encoders, queues.
  virtual void after_step(std::int64_t /*step*/, std::int64_t /*steps*/) {}

  // What the last loss() came to beside its value: the same names at every step, finite numbers
  // that repeat to the bit as the loss does.
  virtual std::vector<Measure> measures() const { return {}; }
};

}  // namespace inflow
