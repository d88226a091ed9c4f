#pragma once

#include <vector>

#include <torch/optim/optimizer.h>

#include "inflow/policies/learned/bilevel.hpp"

namespace inflow {

// The parameters of an optimizer with what its next step would do to them, at its rate of now.
// Throws UsageError for another optimizer than sgd, whose step is the one that can be unrolled.
std::vector<InnerParameter> next_sgd_step(const torch::optim::Optimizer& optimizer);

}  // namespace inflow
