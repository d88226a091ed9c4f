#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/ops/arange.h>
#include <torch/nn/functional/normalization.h>
#include <torch/nn/modules/linear.h>

#include "contrastive/tiny_encoder.hpp"
#include "inflow/training/policy_learning.hpp"
#include "inflow/training/trainer.hpp"
#include "support/picture_source.hpp"
#include "training/toy.hpp"

// A small run whose policy learns with the model.

namespace inflow::support {

inline constexpr std::int64_t kToyWidth = 4;

// Two views of a sample attract, those of others repel.
class TwoViews final : public Objective {
 public:
  TwoViews()
      : encoder_(register_module("encoder", std::make_shared<TinyEncoder>(3, kToyWidth))),
        head_(register_module("head", torch::nn::Linear(encoder_->features(), 6))) {
    initialize(*this, 5);
  }

  at::Tensor loss(const BatchTensors& batch) override {
    const at::Tensor first = directions(batch.views.at(0));
    const at::Tensor second = directions(batch.views.at(1));
    return at::cross_entropy_loss(first.matmul(second.t()) / 0.2,
                                  at::arange(first.size(0), at::kLong));
  }

  Encoder& encoder() { return *encoder_; }

 private:
  at::Tensor directions(const at::Tensor& images) {
    return torch::nn::functional::normalize(head_->forward(encoder_->forward(images)));
  }

  std::shared_ptr<TinyEncoder> encoder_;
  torch::nn::Linear head_;
};

inline Pipeline pipeline_of(std::uint64_t samples, int batch) {
  ViewOptions views;
  views.size = 8;
  views.count = 2;
  return {.seed = 7,
          .source = std::make_shared<PictureSource>(samples),
          .views = views,
          .policy = policies().make(policies().part("none"), catalog()),
          .ops = {catalog().begin(), catalog().end()},
          .batch = {.size = batch}};
}

inline MadaugOptions policy_of(OuterLoss outer) {
  MadaugOptions options;
  options.every = 2;
  options.lag = 1;
  options.tau = 1;
  options.group = 6;
  options.validation_batch = 8;
  options.learning_rate = 0.05;
  options.outer = outer;
  return options;
}

inline PolicyLearningSetup setup_of(const std::shared_ptr<TwoViews>& objective,
                                    const MadaugOptions& options) {
  const Pipeline training = pipeline_of(60, 10);
  PolicyLearningSetup setup{
      .kind = {.options = options,
               .ops = {catalog().begin(), catalog().end()},
               .finish = training.finish(),
               .new_encoder = [] { return std::make_shared<TinyEncoder>(3, kToyWidth); },
               .compute = {}},
      .objective = objective,
      .encoder = &objective->encoder(),
      .training = training,
      .validation = pipeline_of(20, options.validation_batch)};
  if (options.outer == OuterLoss::probe) setup.probe = pipeline_of(24, options.validation_batch);
  return setup;
}

inline TrainingOptions training_options(std::string_view optimizer = "sgd") {
  return {.steps = 100,
          .optimizer = part(optimizers(), optimizer, R"({"lr": 0.05, "weight_decay": 0})"),
          .schedule = part(schedules(), "constant"),
          .compute = {.threads = 1, .bf16 = false, .channels_last = false}};
}

// A run of six batches an epoch whose policy learns.
struct ToyRun {
  explicit ToyRun(const MadaugOptions& options)
      : learning(std::make_shared<PolicyLearning>(setup_of(objective, options))) {
    trainer.accompany(learning);
  }

  void start(LoaderState from = {.seed = 7}) {
    Pipeline pipeline = pipeline_of(60, 10);
    pipeline.series = learning->series();
    loader = run_serial(pipeline, from);
  }
  void train(int steps) {
    for (int step = 0; step < steps; ++step) trainer.train(as_tensors(loader->next()));
  }
  std::vector<std::uint64_t> kept() const {
    std::vector<std::uint64_t> versions;
    for (const auto& policy :
         std::dynamic_pointer_cast<PublishedPolicies>(learning->series())->kept())
      versions.push_back(policy->version());
    return versions;
  }

  std::shared_ptr<TwoViews> objective = std::make_shared<TwoViews>();
  Trainer trainer{training_options(), objective};
  std::shared_ptr<PolicyLearning> learning;
  std::unique_ptr<Loader> loader;
};

}  // namespace inflow::support
