#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>

#include "inflow/training/encoder.hpp"

namespace inflow::support {

// One convolution with a norm, and the mean of each quarter of the picture.
class TinyEncoder : public Encoder {
 public:
  explicit TinyEncoder(std::int64_t channels = 1, std::int64_t width = 8)
      : channels_(channels),
        width_(width),
        convolution_(register_module(
            "convolution",
            torch::nn::Conv2d(torch::nn::Conv2dOptions(channels, width, 3).padding(1)))),
        norm_(register_module("norm", torch::nn::BatchNorm2d(width))) {}

  at::Tensor forward(const at::Tensor& images) override {
    const at::Tensor maps = norm_->forward(convolution_->forward(images)).relu();
    const std::int64_t half = maps.size(2) / 2;
    return maps.unfold(2, half, half).unfold(3, half, half).mean({4, 5}).flatten(1).to(at::kFloat);
  }

  std::int64_t features() const override { return 4 * width_; }
  std::int64_t channels() const override { return channels_; }
  std::string stem() const override { return "small"; }

 private:
  std::int64_t channels_;
  std::int64_t width_;
  torch::nn::Conv2d convolution_;
  torch::nn::BatchNorm2d norm_;
};

}  // namespace inflow::support
