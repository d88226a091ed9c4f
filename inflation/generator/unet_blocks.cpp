#include "inflow/inflation/generator/detail/unet_blocks.hpp"

#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/silu.h>

namespace inflow::inflation {
namespace {

void zero(torch::nn::Conv2d& convolution) {
  for (at::Tensor& parameter : convolution->parameters()) parameter.zero_();
}

}  // namespace

torch::nn::GroupNorm group_norm(std::int64_t channels) {
  return torch::nn::GroupNorm(torch::nn::GroupNormOptions(kGroups, channels));
}

torch::nn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t kernel,
                              std::int64_t stride) {
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2));
}

ResidualBlockImpl::ResidualBlockImpl(std::int64_t in, std::int64_t out, std::int64_t told,
                                     double dropout)
    : norm1_(register_module("norm1", group_norm(in))),
      conv1_(register_module("conv1", convolution(in, out, 3))),
      told_(register_module("told", torch::nn::Linear(told, 2 * out))),
      norm2_(register_module("norm2", group_norm(out))),
      conv2_(register_module("conv2", convolution(out, out, 3))) {
  if (dropout > 0) dropout_ = register_module("dropout", Dropout(dropout));
  if (in != out) shortcut_ = register_module("shortcut", convolution(in, out, 1));
}

at::Tensor ResidualBlockImpl::forward(const at::Tensor& in, const at::Tensor& told) {
  at::Tensor middle = conv1_->forward(at::silu(norm1_->forward(in)));
  const std::vector<at::Tensor> both =
      told_->forward(told).unsqueeze(2).unsqueeze(3).chunk(2, 1);  // scale, shift
  middle = at::silu(norm2_->forward(middle) * (1 + both[0]) + both[1]);
  middle = conv2_->forward(dropout_.is_empty() ? middle : dropout_->forward(middle));
  return middle + (shortcut_.is_empty() ? in : shortcut_->forward(in));
}

void ResidualBlockImpl::begin_at_zero() { zero(conv2_); }

AttentionImpl::AttentionImpl(std::int64_t channels)
    : norm_(register_module("norm", group_norm(channels))),
      query_key_value_(register_module("query_key_value", convolution(channels, 3 * channels, 1))),
      out_(register_module("out", convolution(channels, channels, 1))) {}

at::Tensor AttentionImpl::forward(const at::Tensor& in) {
  // N x C x H x W to N x 1 head x places x C and back.
  const auto places_first = [](const at::Tensor& part) {
    return part.flatten(2).transpose(1, 2).unsqueeze(1);
  };
  const std::vector<at::Tensor> parts = query_key_value_->forward(norm_->forward(in)).chunk(3, 1);
  const at::Tensor seen = at::scaled_dot_product_attention(
      places_first(parts[0]), places_first(parts[1]), places_first(parts[2]));
  return in + out_->forward(seen.squeeze(1).transpose(1, 2).reshape_as(in));
}

void AttentionImpl::begin_at_zero() { zero(out_); }

}  // namespace inflow::inflation
