#pragma once

#include <torch/nn/modules/conv.h>

namespace inflow::training {

// A square convolution that keeps the size of pictures but for its stride. Without a bias by
// default: the norm behind it has one.
inline torch::nn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t kernel,
                                     std::int64_t stride, bool bias = false) {
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2).bias(bias));
}

}  // namespace inflow::training
