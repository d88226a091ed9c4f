#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/full_like.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/container/sequential.h>

#include "contrastive/toy_views.hpp"
#include "inflow/contrastive/evaluation/knn.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/training/compute.hpp"
#include "inflow/training/trainer.hpp"
#include "support/message.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

using support::equal_state;
using support::message_of;
using support::part;
using support::tiny_method;
using support::TinyEncoder;
using support::toy_labels;
using support::toy_pictures;
using support::toy_views;

// How a method is trained on the toy. The rates of momentum and learning suit so short a run.
struct ToyRun {
  std::string options = "{}";
  std::int64_t steps = 80;
  std::string lr = "2e-3";
};

ToyRun toy_run(const std::string& name) {
  if (name == "moco_v2_plus") {
    return {.options = R"({"queue": 150, "momentum": {"from": 0.95, "to": 0.99},
                           "projector": {"hidden": 256, "output": 64, "batch_norm": true}})",
            .steps = 140};
  }
  if (name == "byol") {
    return {.options = R"({"projector": {"hidden": 256, "output": 64}, "predictor_hidden": 256,
                           "momentum": {"from": 0.95, "to": 0.95}})",
            .steps = 200,
            .lr = "3e-3"};
  }
  if (name == "barlow_twins") {
    return {
        .options = R"({"projector": {"hidden": 64, "output": 32}})", .steps = 160, .lr = "5e-3"};
  }
  return {};
}

TrainingOptions options_of(std::int64_t steps, const std::string& lr = "2e-3") {
  return {.steps = steps,
          .optimizer = part(optimizers(), "adam", R"({"lr": )" + lr + "}"),
          .schedule = part(schedules(), "constant"),
          .compute = {.threads = 1, .bf16 = false}};
}

StepResult train(Trainer& trainer, std::int64_t rows = 64) {
  return trainer.train(toy_views(1000 * (static_cast<std::uint64_t>(trainer.step()) + 1), rows));
}

double knn_accuracy(Encoder& encoder) {
  encoder.eval();
  const at::NoGradGuard no_grad;
  const at::Tensor labels = toy_labels(200);
  const LabeledFeatures known{.values = encoder.forward(toy_pictures(1'000'000, labels)),
                              .labels = labels,
                              .classes = support::kToyClasses};
  const at::Tensor unknown = encoder.forward(toy_pictures(2'000'000, labels));
  return (knn_predict(known, unknown, {}) == labels).to(at::kDouble).mean().item<double>();
}

// Mean squared distance of the directions of two views of one sample, where the loss compares them.
double misalignment(Method& method) {
  method.eval();
  auto& projector = *method.named_children()["projector"]->as<torch::nn::SequentialImpl>();
  const at::NoGradGuard no_grad;
  const BatchTensors two = toy_views(3'000'000, 100);
  const auto direction = [&](const at::Tensor& images) {
    const at::Tensor features = projector.forward(method.encoder().forward(images));
    const at::Tensor centered = features - features.mean(0);
    return centered / centered.norm(2, {1}, true);
  };
  return (direction(two.views[0]) - direction(two.views[1])).square().sum(1).mean().item<double>();
}

class EveryMethod : public testing::TestWithParam<std::string> {
 protected:
  static std::shared_ptr<Method> method() {
    return tiny_method(GetParam(), toy_run(GetParam()).options);
  }
};

TEST_P(EveryMethod, Learns) {
  const auto method = this->method();
  const double untrained_accuracy = knn_accuracy(method->encoder());
  const double untrained_misalignment = misalignment(*method);
  const ToyRun run = toy_run(GetParam());
  Trainer trainer(options_of(run.steps, run.lr), method);
  while (trainer.step() < run.steps) train(trainer);
  EXPECT_GT(knn_accuracy(method->encoder()), untrained_accuracy + 0.2);
  EXPECT_LT(misalignment(*method), 0.7 * untrained_misalignment);
}

TEST_P(EveryMethod, RepeatsToTheBit) {
  Trainer first(options_of(4), method());
  Trainer second(options_of(4), method());
  for (int step = 0; step < 4; ++step) {
    const StepResult one = train(first);
    const StepResult other = train(second);
    EXPECT_EQ(one.loss, other.loss);
    for (std::size_t at = 0; at < one.measures.size(); ++at)
      EXPECT_EQ(one.measures[at].value, other.measures[at].value);
  }
}

TEST_P(EveryMethod, GoesOnToTheBitAsIfItNeverStopped) {
  const auto whole = method();
  Trainer uninterrupted(options_of(6), whole);
  Checkpoint checkpoint;
  while (uninterrupted.step() < 6) {
    train(uninterrupted);
    if (uninterrupted.step() == 3) checkpoint = uninterrupted.checkpoint({.batch = 3}, "{}");
  }
  const auto resumed = method();
  resumed->begin(99);
  Trainer second(options_of(6), resumed);
  second.restore(checkpoint);
  EXPECT_FALSE(equal_state(*whole, *resumed));
  while (second.step() < 6) train(second);
  EXPECT_TRUE(equal_state(*whole, *resumed));
}

TEST_P(EveryMethod, BeginsWithTheEncoderThatTheSeedGives) {
  TinyEncoder alone;
  initialize(alone, 1);
  EXPECT_TRUE(equal_state(method()->encoder(), alone));
}

TEST_P(EveryMethod, BeginsAnewByTheSeedAlone) {
  const auto used = method();
  Trainer trainer(options_of(2), used);
  train(trainer);
  used->begin(1);
  EXPECT_TRUE(equal_state(*used, *method()));
}

TEST_P(EveryMethod, RegistersEncoderAndProjector) {
  const auto method = this->method();
  EXPECT_EQ(&method->encoder(), method->named_children()["encoder"].get());
  EXPECT_TRUE(method->named_children().contains("projector"));
}

TEST_P(EveryMethod, MovesItsEncoderByTheGradient) {
  const auto method = this->method();
  method->loss(toy_views(1, 16)).backward();
  for (const auto& item : method->encoder().named_parameters()) {
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_TRUE(item.value().grad().isfinite().all().item<bool>()) << item.key();
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
  }
}

TEST_P(EveryMethod, SaysHowFarProjectionsSpread) {
  const auto method = this->method();
  BatchTensors two = toy_views(1, 64);
  const auto spread = [&] {
    method->loss(two);
    const std::vector<Measure> measures = method->measures();
    EXPECT_EQ(measures.size(), 1U);
    EXPECT_EQ(measures[0].name, "projection_stddev");
    return measures[0].value;
  };
  // The last of the projector's parameters is the bias of its last layer.
  const at::Tensor bias = method->named_children()["projector"]->parameters().back();
  const double evenly = 1 / std::sqrt(static_cast<double>(bias.size(0)));
  EXPECT_GT(spread(), 0.2 * evenly);
  EXPECT_LE(spread(), evenly);
  for (at::Tensor& view : two.views) view = at::full_like(view, 0.5);  // a collapsed input
  EXPECT_LT(spread(), 1e-3 * evenly);
}

TEST_P(EveryMethod, TakesBatchesOfAnySize) {
  Trainer trainer(options_of(20), method());
  for (const std::int64_t rows : {64, 3, 64, 17, 64, 2})
    EXPECT_TRUE(std::isfinite(train(trainer, rows).loss)) << rows;
}

TEST_P(EveryMethod, TakesSamplesOfOneIdentity) {
  const auto method = this->method();
  BatchTensors two = toy_views(1, 16);
  two.identities.zero_();
  for (std::int64_t step = 1; step < 3; ++step) {
    EXPECT_TRUE(std::isfinite(method->loss(two).item<double>()));
    method->after_step(step, 10);
  }
}

TEST_P(EveryMethod, GivesASinglePrecisionScalarUnderAutocast) {
  const auto method = this->method();
  const AutocastScope autocast(true);
  const at::Tensor loss = method->loss(toy_views(1, 16));
  EXPECT_EQ(loss.scalar_type(), at::kFloat);
  EXPECT_EQ(loss.dim(), 0);
  EXPECT_TRUE(std::isfinite(loss.item<double>()));
}

TEST_P(EveryMethod, RefusesOtherThanTwoViews) {
  const auto method = this->method();
  BatchTensors views = toy_views(1, 4);
  views.views.push_back(views.views[0]);
  EXPECT_EQ(message_of<UsageError>([&] { method->loss(views); }),
            GetParam() + " needs exactly two views of each sample: 3");
  views.views.resize(1);
  EXPECT_EQ(message_of<UsageError>([&] { method->loss(views); }),
            GetParam() + " needs exactly two views of each sample: 1");
}

INSTANTIATE_TEST_SUITE_P(OfTheCatalog, EveryMethod, testing::ValuesIn([] {
                           const std::vector<std::string_view> names = methods().names();
                           return std::vector<std::string>(names.begin(), names.end());
                         }()),
                         [](const auto& name) { return name.param; });

TEST(Methods, RefuseASingleSampleWhereNormsCountOverOneView) {
  for (const std::string name : {"moco_v2_plus", "byol", "barlow_twins"}) {
    const auto method = tiny_method(name, toy_run(name).options);
    EXPECT_EQ(message_of<UsageError>([&] { method->loss(toy_views(1, 1)); }),
              name + " needs two samples or more in a batch: 1");
  }
}

TEST(Methods, NameTheNearestForAnUnknownOne) {
  EXPECT_EQ(message_of<UsageError>([] { methods().at("simclrr"); }),
            unknown_name("method", "simclrr", methods().names()));
  EXPECT_EQ(methods().names(),
            (std::vector<std::string_view>{"simclr", "moco_v2_plus", "byol", "barlow_twins"}));
}

}  // namespace
}  // namespace inflow
