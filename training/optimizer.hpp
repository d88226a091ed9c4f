#pragma once

#include <memory>

#include <torch/optim/optimizer.h>
#include <torch/ordered_dict.h>

#include "inflow/ops/named_list.hpp"

namespace inflow {

using NamedParameters = torch::OrderedDict<std::string, at::Tensor>;

// The optimizers, by name: sgd, adam, adamw from LibTorch, lars. Parameters of one dimension
// (biases, norms) make a group of their own without weight decay (nor LARS adaptation) unless the
// options say otherwise.
const Catalog<std::unique_ptr<torch::optim::Optimizer>, const NamedParameters&>& optimizers();

// Sets the learning rate of every group.
void set_learning_rate(torch::optim::Optimizer& optimizer, double rate);

// The learning rate the optimizer was made with, before any schedule.
double learning_rate(const torch::optim::Optimizer& optimizer);

}  // namespace inflow
