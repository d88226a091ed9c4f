#pragma once

#include <torch/nn/module.h>

namespace inflow {

// Makes `average` a copy of `source`, parameters and buffers, whose parameters are not trained.
// Both must be built alike; throws UsageError where names or shapes differ.
void begin_average(torch::nn::Module& average, const torch::nn::Module& source);

// The exponential moving average of weights: moves every parameter of `average` towards its
// namesake of `source`, a <- decay a + (1 - decay) s. Buffers, such as the running statistics of
// norms, stay each module's own.
void move_average(torch::nn::Module& average, const torch::nn::Module& source, double decay);

}  // namespace inflow
