#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linspace.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/optim/adam.h>

#include "contrastive/random_tensors.hpp"
#include "contrastive/tiny_encoder.hpp"
#include "inflow/contrastive/evaluation/knn.hpp"
#include "inflow/contrastive/method.hpp"
#include "inflow/ops/error.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::normals;
using support::TinyEncoder;

constexpr std::int64_t kSide = 8;
constexpr std::int64_t kClasses = 4;

std::shared_ptr<Method> simclr(const std::string& json = "{}") {
  PartOptions part = methods().part("simclr");
  throw_if_any("simclr", read_json(json, part.options.describe()));
  std::shared_ptr<Method> method =
      methods().make(part, [] { return std::make_shared<TinyEncoder>(); });
  method->begin(1);
  return method;
}

// Pictures of four textures, drowned in a slope that says nothing and differs from view to view.
at::Tensor pictures(std::uint64_t seed, const at::Tensor& labels) {
  const std::int64_t count = labels.size(0);
  const at::Tensor textures = normals(100, {kClasses, 1, kSide, kSide});
  const at::Tensor slope = at::linspace(-1, 1, kSide, at::kDouble);
  const at::Tensor across = normals(seed, {count, 1, 1, 1}) * slope;
  const at::Tensor down = normals(seed + 1, {count, 1, 1, 1}) * slope.unsqueeze(1);
  const at::Tensor noise = 0.3 * normals(seed + 2, {count, 1, kSide, kSide});
  return (textures.index_select(0, labels) + 6 * (across + down) + noise).to(at::kFloat);
}

at::Tensor labels_of(std::int64_t count) { return at::arange(count, at::kLong) % kClasses; }

BatchTensors batch(std::uint64_t seed, std::int64_t rows) {
  const at::Tensor labels = labels_of(rows);
  return {.views = {pictures(seed, labels), pictures(seed + 10, labels)},
          .labels = labels,
          .identities = at::arange(rows, at::kLong)};
}

double knn_accuracy(Encoder& encoder) {
  encoder.eval();
  const at::NoGradGuard no_grad;
  const at::Tensor labels = labels_of(200);
  const LabeledFeatures known{.values = encoder.forward(pictures(1'000'000, labels)),
                              .labels = labels,
                              .classes = kClasses};
  const at::Tensor unknown = encoder.forward(pictures(2'000'000, labels));
  return (knn_predict(known, unknown, {}) == labels).to(at::kDouble).mean().item<double>();
}

// Mean squared distance of the directions of two views of one sample, where the loss compares them.
double misalignment(Method& method) {
  method.eval();
  auto& projector = *method.named_children()["projector"]->as<torch::nn::SequentialImpl>();
  const at::NoGradGuard no_grad;
  const BatchTensors two = batch(3'000'000, 100);
  const auto direction = [&](const at::Tensor& images) {
    const at::Tensor features = projector.forward(method.encoder().forward(images));
    const at::Tensor centered = features - features.mean(0);
    return centered / centered.norm(2, {1}, true);
  };
  return (direction(two.views[0]) - direction(two.views[1])).square().sum(1).mean().item<double>();
}

std::vector<double> train(Method& method, std::uint64_t steps) {
  torch::optim::Adam optimizer(method.parameters(), torch::optim::AdamOptions(2e-3));
  std::vector<double> losses;
  method.train();
  for (std::uint64_t step = 0; step < steps; ++step) {
    optimizer.zero_grad();
    const at::Tensor loss = method.loss(batch(1000 * (step + 1), 64));
    loss.backward();
    optimizer.step();
    losses.push_back(loss.item<double>());
  }
  return losses;
}

TEST(Simclr, Learns) {
  const auto method = simclr();
  Encoder& encoder = method->encoder();
  const double untrained_accuracy = knn_accuracy(encoder);
  const double untrained_misalignment = misalignment(*method);
  const std::vector<double> losses = train(*method, 80);
  EXPECT_LT(losses.back(), losses.front() - 0.5);
  EXPECT_GT(knn_accuracy(encoder), untrained_accuracy + 0.2);
  EXPECT_LT(misalignment(*method), 0.7 * untrained_misalignment);
}

TEST(Simclr, RepeatsToTheBit) { EXPECT_EQ(train(*simclr(), 4), train(*simclr(), 4)); }

TEST(Simclr, StartsNearTheLogarithmOfTheNegatives) {
  const auto method = simclr(R"({"temperature": 0.5})");
  const double loss = method->loss(batch(1, 64)).item<double>();
  EXPECT_GT(loss, std::log(127) - 0.5);
  EXPECT_LT(loss, std::log(127) + 0.2);
}

TEST(Simclr, PassesBothViewsInOneBatch) {
  const auto method = simclr();
  const BatchTensors two = batch(1, 16);
  method->loss(two);
  EXPECT_EQ(method->named_buffers()["encoder.norm.num_batches_tracked"].item<std::int64_t>(), 1);
  EXPECT_EQ(method->named_buffers()["projector.1.num_batches_tracked"].item<std::int64_t>(), 1);
}

TEST(Simclr, TreatsViewsAlike) {
  const auto method = simclr();
  BatchTensors two = batch(1, 16);
  const double one_way = method->loss(two).item<double>();
  std::swap(two.views[0], two.views[1]);
  EXPECT_NEAR(method->loss(two).item<double>(), one_way, 1e-4);
}

TEST(Simclr, NeverRepelsViewsOfOneIdentity) {
  const auto method = simclr();
  BatchTensors two = batch(1, 16);
  two.identities = two.identities * 0 + 7;
  EXPECT_NEAR(method->loss(two).item<double>(), 0, 1e-5);
}

TEST(Simclr, RegistersEncoderAndProjector) {
  const auto method = simclr(R"({"projector": {"hidden": 24, "output": 6, "batch_norm": false}})");
  EXPECT_EQ(method->named_children().keys(), (std::vector<std::string>{"encoder", "projector"}));
  EXPECT_EQ(&method->encoder(), method->named_children()["encoder"].get());
  const auto parameters = method->named_parameters();
  EXPECT_EQ(parameters["projector.0.weight"].sizes(), (std::vector<std::int64_t>{24, 32}));
  EXPECT_EQ(parameters["projector.0.bias"].sizes(), (std::vector<std::int64_t>{24}));
  EXPECT_EQ(parameters["projector.2.weight"].sizes(), (std::vector<std::int64_t>{6, 24}));
}

TEST(Simclr, RefusesOtherThanTwoViews) {
  const auto method = simclr();
  BatchTensors three = batch(1, 4);
  three.views.push_back(three.views[0]);
  EXPECT_EQ(message_of<UsageError>([&] { method->loss(three); }),
            "simclr needs exactly two views of each sample: 3");
}

TEST(Methods, NamesTheNearestForAnUnknownOne) {
  EXPECT_EQ(message_of<UsageError>([] { methods().at("simclrr"); }),
            unknown_name("method", "simclrr", methods().names()));
  EXPECT_EQ(methods().names(), std::vector<std::string_view>{"simclr"});
}

}  // namespace
}  // namespace inflow
