#include "inflow/contrastive/losses/byol.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/container/sequential.h>

#include "contrastive/projected.hpp"
#include "contrastive/toy_views.hpp"

namespace inflow {
namespace {

using support::projected;
using support::toy_views;

std::shared_ptr<Method> byol(const std::string& output = "64") {
  return support::tiny_method(
      "byol", R"({"projector": {"hidden": 48, "output": )" + output + R"(}, "predictor_hidden": 24,
                  "momentum": {"from": 0.5}})");
}

TEST(Byol, StartsNearFour) {
  // Predictions have nothing to do with targets yet.
  const double loss = byol("256")->loss(toy_views(1, 64)).item<double>();
  EXPECT_NEAR(loss, 4, 0.5);
}

TEST(Byol, PredictsEachViewsTargetFromTheOther) {
  const auto method = byol();
  const BatchTensors two = toy_views(1, 16);
  auto& target = *method->named_children()["momentum"];
  auto& predictor = *method->named_children()["predictor"]->as<torch::nn::SequentialImpl>();
  const auto order = [&](std::int64_t from, std::int64_t to) {
    return byol_loss(predictor.forward(projected(*method, two.views[from])),
                     projected(target, two.views[to]))
        .item<double>();
  };
  const double expected = order(0, 1) + order(1, 0);
  EXPECT_NEAR(method->loss(two).item<double>(), expected, 1e-5);
  BatchTensors swapped = two;
  std::swap(swapped.views[0], swapped.views[1]);
  EXPECT_NEAR(method->loss(swapped).item<double>(), expected, 1e-5);
}

TEST(Byol, ShapesItsHeadsByTheOptions) {
  const auto method = byol();
  EXPECT_EQ(method->named_children().keys(),
            (std::vector<std::string>{"encoder", "projector", "predictor", "momentum"}));
  const auto parameters = method->named_parameters();
  EXPECT_EQ(parameters["projector.0.weight"].sizes(), (std::vector<std::int64_t>{48, 32}));
  EXPECT_EQ(parameters["projector.3.weight"].sizes(), (std::vector<std::int64_t>{64, 48}));
  EXPECT_EQ(parameters["predictor.0.weight"].sizes(), (std::vector<std::int64_t>{24, 64}));
  EXPECT_EQ(parameters["predictor.3.weight"].sizes(), (std::vector<std::int64_t>{64, 24}));
}

TEST(Byol, BeginsItsTargetAsACopyThatNoGradientMoves) {
  const auto method = byol();
  method->loss(toy_views(1, 16)).backward();
  const auto parameters = method->named_parameters();
  EXPECT_TRUE(at::equal(parameters["momentum.encoder.convolution.weight"],
                        parameters["encoder.convolution.weight"]));
  for (const auto& item : parameters) {
    const bool slow = item.key().starts_with("momentum.");
    EXPECT_EQ(item.value().requires_grad(), !slow) << item.key();
    EXPECT_EQ(item.value().grad().defined(), !slow) << item.key();
  }
}

TEST(Byol, MovesItsTargetByTheMomentum) {
  const auto method = byol();
  auto parameters = method->named_parameters();
  const at::Tensor target = parameters["momentum.projector.0.weight"].detach();
  const at::Tensor online = parameters["projector.0.weight"].detach();
  const at::Tensor old = target.clone();
  online.add_(1);  // as a step might
  method->after_step(1, 100);
  EXPECT_TRUE(target.allclose(old + 0.5, 1e-5, 1e-6));
  method->after_step(100, 100);  // by now hardly at all
  EXPECT_TRUE(target.allclose(old + 0.5, 1e-3, 1e-3));
}

}  // namespace
}  // namespace inflow
