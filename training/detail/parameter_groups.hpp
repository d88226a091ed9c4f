#pragma once

#include <memory>
#include <vector>

#include "inflow/training/optimizer.hpp"

namespace inflow::training {

using OptimizerPtr = std::unique_ptr<torch::optim::Optimizer>;
using OptimizerEntry = CatalogEntry<OptimizerPtr, const NamedParameters&>;

// Two groups without options of their own: parameters of two dimensions or more, then biases and
// norms. Throws UsageError if there is no parameter at all.
std::vector<torch::optim::OptimizerParamGroup> weights_then_biases(
    const NamedParameters& parameters);

// The options of the second group of an optimizer made from these. They are set here, once it is
// made: LibTorch takes an option that equals its own default for one that was not given, so that no
// weight decay could not be asked for.
template <class GroupOptions>
GroupOptions& options_of_biases(torch::optim::Optimizer& optimizer) {
  return static_cast<GroupOptions&>(optimizer.param_groups()[1].options());
}

}  // namespace inflow::training
