#include "inflow/inflation/generator/unet.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/pixel_shuffle.h>
#include <ATen/ops/pixel_unshuffle.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <torch/nn/modules/embedding.h>
#include <torch/nn/modules/linear.h>

#include "inflow/inflation/generator/detail/unet_blocks.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

using inflation::Attention;
using inflation::convolution;
using inflation::group_norm;
using inflation::ResidualBlock;

void check(const UnetOptions& options, const ImageShape& shape) {
  if (options.width % inflation::kGroups != 0) {
    throw UsageError("width of a unet must be a multiple of " + std::to_string(inflation::kGroups) +
                     ": " + std::to_string(options.width));
  }
  if (options.embedding % 2 != 0) {
    throw UsageError("embedding of a unet must be even: " + std::to_string(options.embedding));
  }
  if (options.multipliers.empty()) throw UsageError("a unet needs at least one level");
  const std::int64_t divisor = std::int64_t{options.unshuffle} << (options.multipliers.size() - 1);
  if (shape.size % divisor != 0) {
    throw UsageError("images of side " + std::to_string(shape.size) +
                     " cannot pass a unet that needs a multiple of " + std::to_string(divisor) +
                     ": unshuffle " + std::to_string(options.unshuffle) + " and " +
                     std::to_string(options.multipliers.size()) + " levels");
  }
}

// Sines and cosines of falling frequencies (Vaswani et al. 2017, as Ho et al. order them).
at::Tensor waves(const at::Tensor& places, std::int64_t dimensions) {
  const std::int64_t half = dimensions / 2;
  const at::Tensor frequency =
      (at::arange(half, places.options()) * (-std::log(10000.0) / static_cast<double>(half))).exp();
  const at::Tensor angles = places.unsqueeze(1) * frequency;
  return at::cat({angles.cos(), angles.sin()}, 1);
}

}  // namespace

// One way through a level; the convolution that changes the side is none at the last level.
struct UnetLevel {
  std::vector<ResidualBlock> blocks{};
  torch::nn::Conv2d change = nullptr;
};

struct Unet::Parts {
  std::int64_t dimensions = 0;
  std::int64_t unshuffle = 1;
  torch::nn::Linear embed1 = nullptr;
  torch::nn::Linear embed2 = nullptr;
  torch::nn::Embedding classes = nullptr;
  torch::nn::Conv2d stem = nullptr;
  std::vector<UnetLevel> down{};
  ResidualBlock middle1 = nullptr;
  Attention attention = nullptr;
  ResidualBlock middle2 = nullptr;
  std::vector<UnetLevel> up{};
  torch::nn::GroupNorm norm = nullptr;
  torch::nn::Conv2d last = nullptr;
};

Unet::Unet(const UnetOptions& options, const ImageShape& shape, std::int64_t classes)
    : parts_(std::make_unique<Parts>()) {
  check(options, shape);
  Parts& parts = *parts_;
  const std::int64_t told = std::int64_t{4} * options.width;
  const std::int64_t pixels = shape.channels * options.unshuffle * options.unshuffle;
  parts.dimensions = options.embedding;
  parts.unshuffle = options.unshuffle;
  parts.embed1 = register_module("embed1", torch::nn::Linear(options.embedding, told));
  parts.embed2 = register_module("embed2", torch::nn::Linear(told, told));
  if (classes > 0) {
    parts.classes = register_module("classes", torch::nn::Embedding(classes + 1, told));
  }
  parts.stem = register_module("stem", convolution(pixels, options.width, 3));

  std::vector<std::int64_t> widths;
  for (const int multiplier : options.multipliers)
    widths.push_back(std::int64_t{multiplier} * options.width);
  const auto add_block = [&](UnetLevel& level, const std::string& name, std::int64_t in,
                             std::int64_t out) {
    level.blocks.push_back(register_module(name + std::to_string(level.blocks.size()),
                                           ResidualBlock(in, out, told, options.dropout)));
  };
  std::int64_t in = options.width;
  for (std::size_t at = 0; at < widths.size(); ++at) {
    const std::string name = "down" + std::to_string(at) + "_";
    UnetLevel& level = parts.down.emplace_back();
    for (int block = 0; block < options.blocks; ++block) {
      add_block(level, name, in, widths[at]);
      in = widths[at];
    }
    if (at + 1 < widths.size()) {
      level.change = register_module(name + "change", convolution(in, in, 3, /*stride=*/2));
    }
  }
  parts.middle1 = register_module("middle1", ResidualBlock(in, in, told, options.dropout));
  if (options.attention) parts.attention = register_module("attention", Attention(in));
  parts.middle2 = register_module("middle2", ResidualBlock(in, in, told, options.dropout));
  for (std::size_t at = widths.size(); at-- > 0;) {
    const std::string name = "up" + std::to_string(at) + "_";
    UnetLevel& level = parts.up.emplace_back();
    for (int block = 0; block < options.blocks; ++block) {
      add_block(level, name, in + widths[at], widths[at]);
      in = widths[at];
    }
    if (at > 0) {
      level.change = register_module(name + "change", convolution(in, widths[at - 1], 3));
      in = widths[at - 1];
    }
  }
  parts.norm = register_module("norm", group_norm(in));
  parts.last = register_module("last", convolution(in, pixels, 3));
}

Unet::~Unet() = default;

at::Tensor Unet::forward(const at::Tensor& images, const at::Tensor& places,
                         const at::Tensor& labels) {
  Parts& parts = *parts_;
  at::Tensor told = parts.embed1->forward(waves(places, parts.dimensions));
  told = parts.embed2->forward(at::silu(told));
  if (!parts.classes.is_empty()) told = told + parts.classes->forward(labels);
  told = at::silu(told);

  at::Tensor picture = parts.stem->forward(
      parts.unshuffle == 1 ? images : at::pixel_unshuffle(images, parts.unshuffle));
  std::vector<at::Tensor> kept;
  for (UnetLevel& level : parts.down) {
    for (ResidualBlock& block : level.blocks) {
      picture = block->forward(picture, told);
      kept.push_back(picture);
    }
    if (!level.change.is_empty()) picture = level.change->forward(picture);
  }
  picture = parts.middle1->forward(picture, told);
  if (!parts.attention.is_empty()) picture = parts.attention->forward(picture);
  picture = parts.middle2->forward(picture, told);
  for (UnetLevel& level : parts.up) {
    for (ResidualBlock& block : level.blocks) {
      picture = block->forward(at::cat({picture, kept.back()}, 1), told);
      kept.pop_back();
    }
    if (level.change.is_empty()) continue;
    const std::int64_t side = 2 * picture.size(2);
    picture = level.change->forward(at::upsample_nearest2d(picture, {side, side}));
  }
  picture = parts.last->forward(at::silu(parts.norm->forward(picture))).to(at::kFloat);
  return parts.unshuffle == 1 ? picture : at::pixel_shuffle(picture, parts.unshuffle);
}

void Unet::begin_at_zero() {
  const at::NoGradGuard no_gradients;
  apply([](torch::nn::Module& part) {
    if (auto* block = part.as<inflation::ResidualBlockImpl>()) block->begin_at_zero();
    if (auto* attention = part.as<inflation::AttentionImpl>()) attention->begin_at_zero();
  });
  for (at::Tensor& parameter : parts_->last->parameters()) parameter.zero_();
}

}  // namespace inflow
