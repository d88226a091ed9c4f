#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <ATen/core/Tensor.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>

#include "inflow/ops/options.hpp"
#include "inflow/ops/random.hpp"
#include "inflow/pipeline/batch.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/training/encoder.hpp"
#include "inflow/training/objective.hpp"

// A task small enough to learn in a test: pictures of noise whose left or right half is brighter.

namespace inflow::support {

inline constexpr int kToySize = 8;

// The part called `name` with the options that `json` sets.
template <class Catalog>
PartOptions part(const Catalog& catalog, std::string_view name, std::string_view json = "{}") {
  PartOptions part = catalog.part(name);
  for (const Problem& problem : read_json(json, part.options.describe())) {
    ADD_FAILURE() << problem.where << ": " << problem.what;
  }
  return part;
}

// The first `number` samples are real ones. `released` is called when the batch is let go.
inline Batch toy_batch(
    std::uint64_t number, int samples = 32, Layout layout = Layout::nchw,
    std::function<void()> released = [] {}) {
  auto data = std::make_unique<BatchData>();
  data->number = number;
  data->count = static_cast<std::uint64_t>(samples);
  data->finish = {.channels = 1, .dtype = Dtype::float32, .layout = layout};
  data->sizes = {{.height = kToySize, .width = kToySize}};
  data->views.emplace_back(static_cast<std::size_t>(samples * kToySize * kToySize) * sizeof(float));
  auto* value = reinterpret_cast<float*>(data->views[0].data());
  for (int sample = 0; sample < samples; ++sample) {
    const int label = sample % 2;
    Rng rng({.seed = number, .index = static_cast<std::uint64_t>(sample)}, Stream::weights);
    for (int pixel = 0; pixel < kToySize * kToySize; ++pixel) {
      const bool right = pixel % kToySize >= kToySize / 2;
      *value++ = rng.uniform() + (right == (label == 1) ? 0.5F : 0.0F);
    }
    data->labels.push_back(label);
    data->origins.push_back(static_cast<std::uint64_t>(sample) < number ? 0 : 1);
    data->identities.push_back(1000 + static_cast<std::uint64_t>(sample));
  }
  return {data.release(), [released = std::move(released)](BatchData* batch) {
            delete batch;
            released();
          }};
}

// A convolution, a norm and a linear layer that tell the halves apart.
class ToyObjective : public Objective {
 public:
  explicit ToyObjective(std::uint64_t seed = 1, int width = 4)
      : convolution_(register_module("convolution",
                                     torch::nn::Conv2d(torch::nn::Conv2dOptions(1, width, 3)))),
        norm_(register_module("norm", torch::nn::BatchNorm2d(width))),
        head_(register_module("head",
                              torch::nn::Linear(width * (kToySize - 2) * (kToySize - 2), 2))) {
    initialize(*this, seed);
  }

  at::Tensor loss(const BatchTensors& batch) override {
    const at::Tensor maps = norm_->forward(convolution_->forward(batch.views[0])).relu();
    return at::cross_entropy_loss(head_->forward(maps.flatten(1)).to(at::kFloat), batch.labels);
  }

  void after_step(std::int64_t step, std::int64_t /*steps*/) override { last_step = step; }

  std::int64_t last_step = 0;

 private:
  torch::nn::Conv2d convolution_;
  torch::nn::BatchNorm2d norm_;
  torch::nn::Linear head_;
};

// Toy batches 0, 1, 2, ...; ends after `batches` of them.
class ToyLoader : public Loader {
 public:
  explicit ToyLoader(LoaderState from = {}, std::uint64_t batches = 1000)
      : state_(from), batches_(batches) {}

  Batch next() override {
    if (state_.batch == batches_) return nullptr;
    return toy_batch(state_.batch++);
  }
  LoaderState state() const override { return state_; }
  double seconds_waited() const override { return 0; }

 private:
  LoaderState state_;
  std::uint64_t batches_;
};

// Whether all parameters and buffers are equal to the bit.
inline bool equal_state(const torch::nn::Module& first, const torch::nn::Module& second) {
  const auto equal = [](const auto& some, const auto& others) {
    if (some.size() != others.size()) return false;
    for (const auto& item : some) {
      const at::Tensor* other = others.find(item.key());
      if (other == nullptr || !item.value().equal(*other)) return false;
    }
    return true;
  };
  return equal(first.named_parameters(), second.named_parameters()) &&
         equal(first.named_buffers(), second.named_buffers());
}

}  // namespace inflow::support
