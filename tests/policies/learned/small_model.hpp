#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/from_blob.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>

#include "inflow/ops/random.hpp"
#include "inflow/policies/learned/learner.hpp"

namespace inflow::support {

// The mean of each quarter of N x C x H x W, as N x 4 C.
inline at::Tensor quarters(const at::Tensor& maps) {
  const std::int64_t half = maps.size(2) / 2;
  return maps.unfold(2, half, half).unfold(3, half, half).mean({4, 5}).flatten(1);
}

// Two convolutions with norms, the mean of each quarter, a classifier.
class SmallModel : public torch::nn::Module {
 public:
  explicit SmallModel(std::uint64_t seed, std::int64_t classes = 2, std::int64_t width = 8,
                      std::int64_t channels = 3)
      : features_(4 * width),
        first_(register_module("first", convolution(channels, width))),
        first_norm_(register_module("first_norm", torch::nn::BatchNorm2d(width))),
        second_(register_module("second", convolution(width, width))),
        second_norm_(register_module("second_norm", torch::nn::BatchNorm2d(width))),
        head_(register_module("head", torch::nn::Linear(4 * width, classes))) {
    const at::NoGradGuard none;
    std::uint64_t position = 0;
    for (const at::Tensor& parameter : parameters()) {
      Rng rng({.seed = seed, .index = position++}, Stream::weights);
      if (parameter.dim() < 2) continue;
      const double bound =
          std::sqrt(6.0 / static_cast<double>(parameter.numel() / parameter.size(0)));
      float* const value = parameter.mutable_data_ptr<float>();
      for (std::int64_t at = 0; at < parameter.numel(); ++at)
        value[at] = static_cast<float>(rng.uniform(-bound, bound));
    }
    head_->bias.zero_();
  }

  virtual at::Tensor features(const at::Tensor& images) {
    const at::Tensor maps = first_norm_->forward(first_->forward(images)).relu();
    const at::Tensor deeper = second_norm_->forward(second_->forward(maps)).relu();
    return quarters(deeper);
  }
  at::Tensor scores(const at::Tensor& images) { return head_->forward(features(images)); }
  at::Tensor loss(const at::Tensor& images, const at::Tensor& labels) {
    return at::cross_entropy_loss(scores(images), labels);
  }
  std::int64_t feature_count() const { return features_; }

 private:
  static torch::nn::Conv2d convolution(std::int64_t in, std::int64_t out) {
    return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, 3).stride(2).padding(1).bias(false));
  }

  std::int64_t features_;
  torch::nn::Conv2d first_;
  torch::nn::BatchNorm2d first_norm_;
  torch::nn::Conv2d second_;
  torch::nn::BatchNorm2d second_norm_;
  torch::nn::Linear head_;
};

// The same with features of mean 0. Those of a SmallModel are never below, so that a step of the
// policy net moves its outputs the same way for pictures of every kind.
class NormedModel final : public SmallModel {
 public:
  explicit NormedModel(std::uint64_t seed)
      : SmallModel(seed),
        norm_(register_module(
            "norm",
            torch::nn::BatchNorm1d(torch::nn::BatchNorm1dOptions(feature_count()).affine(false)))) {
  }

  at::Tensor features(const at::Tensor& images) override {
    return norm_->forward(SmallModel::features(images));
  }

 private:
  torch::nn::BatchNorm1d norm_;
};

// A weight for every pixel, at first 0: it knows nothing of places where it saw nothing.
class PixelModel final : public torch::nn::Module {
 public:
  explicit PixelModel(Size size, std::int64_t classes = 2)
      : head_(register_module(
            "head",
            torch::nn::Linear(kChannels * std::int64_t{size.height} * size.width, classes))) {
    const at::NoGradGuard none;
    head_->weight.zero_();
    head_->bias.zero_();
  }

  at::Tensor features(const at::Tensor& images) { return quarters(images); }
  at::Tensor scores(const at::Tensor& images) { return head_->forward(images.flatten(1)); }
  at::Tensor loss(const at::Tensor& images, const at::Tensor& labels) {
    return at::cross_entropy_loss(scores(images), labels);
  }
  std::int64_t feature_count() const { return 4 * kChannels; }

 private:
  static constexpr std::int64_t kChannels = 3;

  torch::nn::Linear head_;
};

// SGD with momentum and weight decay, its buffers in the open.
class PlainSgd {
 public:
  PlainSgd(const torch::nn::Module& model, double rate, double momentum, double decay) {
    for (const at::Tensor& parameter : model.parameters()) {
      parameters.push_back({.parameter = parameter,
                            .learning_rate = rate,
                            .momentum = momentum,
                            .weight_decay = decay});
    }
  }

  // A step down the gradients that stand at the parameters, which are taken away.
  void step() {
    const at::NoGradGuard none;
    for (InnerParameter& own : parameters) {
      at::Tensor direction = own.parameter.grad() + own.weight_decay * own.parameter;
      if (own.buffer.defined()) direction = direction + own.momentum * own.buffer;
      own.buffer = direction;
      own.parameter.sub_(own.learning_rate * direction);
      own.parameter.mutable_grad().reset();
    }
  }

  std::vector<InnerParameter> parameters;
};

// The model as a learner sees it, with a batch and held-out images.
template <class Model>
LearningModel learning_model(Model& model, const PlainSgd& sgd, const at::Tensor& labels,
                             const at::Tensor& held_out, const at::Tensor& held_out_labels) {
  return {
      .module = model,
      .parameters = sgd.parameters,
      .features = [&model](const at::Tensor& images) { return model.features(images); },
      .inner_loss = [&model, labels](const at::Tensor& mixed) { return model.loss(mixed, labels); },
      .outer_loss = [&model, held_out,
                     held_out_labels] { return model.loss(held_out, held_out_labels); }};
}

}  // namespace inflow::support
