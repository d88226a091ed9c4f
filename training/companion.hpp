#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <torch/optim/optimizer.h>

#include "inflow/training/batch_tensors.hpp"

namespace inflow {

// What goes along with the steps of a trainer and into its checkpoints, such as a policy that
// learns from the model.
class Companion {
 public:
  virtual ~Companion() = default;

  // Before the step on `batch`, which comes after `step` finished ones; the optimizer is at the
  // rate of that step. Leaves model and optimizer as they are, to the bit.
  virtual void before_step(std::int64_t step, const BatchTensors& batch,
                           const torch::optim::Optimizer& optimizer) = 0;

  // After a step, the `step`-th.
  virtual void after_step(std::int64_t step) = 0;

  // All that the steps to come depend on.
  virtual std::string state() const = 0;
  // Goes on from what state() said.
  virtual void restore(std::string_view saved) = 0;
};

}  // namespace inflow
