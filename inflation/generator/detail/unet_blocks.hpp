#pragma once

#include <cstdint>

#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>

#include "inflow/training/dropout.hpp"

namespace inflow::inflation {

inline constexpr std::int64_t kGroups = 8;

torch::nn::GroupNorm group_norm(std::int64_t channels);

// A convolution that keeps the size of pictures but for its stride.
torch::nn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t kernel,
                              std::int64_t stride = 1);

// Two convolutions beside a shortcut; what the block is told (N x told) scales and shifts what
// comes between them.
class ResidualBlockImpl : public torch::nn::Module {
 public:
  ResidualBlockImpl(std::int64_t in, std::int64_t out, std::int64_t told, double dropout);
  at::Tensor forward(const at::Tensor& in, const at::Tensor& told);
  void begin_at_zero();

 private:
  torch::nn::GroupNorm norm1_;
  torch::nn::Conv2d conv1_;
  torch::nn::Linear told_;
  torch::nn::GroupNorm norm2_;
  torch::nn::Conv2d conv2_;
  Dropout dropout_ = nullptr;
  torch::nn::Conv2d shortcut_ = nullptr;
};
TORCH_MODULE(ResidualBlock);

// All places of a picture look at one another, with one head, beside a shortcut.
class AttentionImpl : public torch::nn::Module {
 public:
  explicit AttentionImpl(std::int64_t channels);
  at::Tensor forward(const at::Tensor& in);
  void begin_at_zero();

 private:
  torch::nn::GroupNorm norm_;
  torch::nn::Conv2d query_key_value_;
  torch::nn::Conv2d out_;
};
TORCH_MODULE(Attention);

}  // namespace inflow::inflation
