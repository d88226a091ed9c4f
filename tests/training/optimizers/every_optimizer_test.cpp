#include <ATen/ops/ones.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include "inflow/training/optimizer.hpp"
#include "support/message.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::part;

NamedParameters matrix_and_bias() {
  NamedParameters parameters;
  parameters.insert("weight", at::ones({2, 3}).requires_grad_());
  parameters.insert("bias", at::ones({2}).requires_grad_());
  return parameters;
}

class EveryOptimizer : public testing::TestWithParam<std::string> {};

TEST_P(EveryOptimizer, DecaysMatricesAndLeavesBiasesAlone) {
  NamedParameters parameters = matrix_and_bias();
  const auto optimizer = optimizers().make(
      part(optimizers(), GetParam(), R"({"lr": 0.1, "weight_decay": 0.5})"), parameters);
  for (auto& item : parameters) item.value().mutable_grad() = at::zeros_like(item.value());
  optimizer->step();
  EXPECT_LT(parameters["weight"].max().item<float>(), 1);
  EXPECT_EQ(parameters["bias"].min().item<float>(), 1);
}

TEST_P(EveryOptimizer, DecaysBiasesIfAsked) {
  NamedParameters parameters = matrix_and_bias();
  const auto optimizer = optimizers().make(
      part(optimizers(), GetParam(), R"({"lr": 0.1, "weight_decay": 0.5, "decay_biases": true})"),
      parameters);
  for (auto& item : parameters) item.value().mutable_grad() = at::zeros_like(item.value());
  optimizer->step();
  EXPECT_LT(parameters["bias"].max().item<float>(), 1);
}

TEST_P(EveryOptimizer, MovesAgainstTheGradient) {
  NamedParameters parameters = matrix_and_bias();
  const auto optimizer = optimizers().make(part(optimizers(), GetParam()), parameters);
  for (auto& item : parameters) item.value().mutable_grad() = at::ones(item.value().sizes());
  optimizer->step();
  for (const auto& item : parameters) EXPECT_LT(item.value().max().item<float>(), 1) << item.key();
}

TEST_P(EveryOptimizer, TakesTheRateThatIsSet) {
  NamedParameters parameters = matrix_and_bias();
  const auto optimizer =
      optimizers().make(part(optimizers(), GetParam(), R"({"lr": 0.25})"), parameters);
  EXPECT_EQ(learning_rate(*optimizer), 0.25);
  set_learning_rate(*optimizer, 0);
  for (auto& item : parameters) item.value().mutable_grad() = at::ones(item.value().sizes());
  optimizer->step();
  EXPECT_TRUE(parameters["weight"].detach().equal(at::ones({2, 3})));
  EXPECT_EQ(learning_rate(*optimizer), 0.25);
}

TEST_P(EveryOptimizer, RefusesToOptimizeNothing) {
  EXPECT_EQ(message_of<UsageError>(
                [] { optimizers().make(optimizers().part(GetParam()), NamedParameters()); }),
            "there is no parameter to optimize");
}

INSTANTIATE_TEST_SUITE_P(OfTheCatalog, EveryOptimizer, testing::ValuesIn([] {
                           const std::vector<std::string_view> names = optimizers().names();
                           return std::vector<std::string>(names.begin(), names.end());
                         }()),
                         [](const auto& setting) { return setting.param; });

TEST(Optimizers, AreTheFourNamed) {
  EXPECT_EQ(optimizers().names(), (std::vector<std::string_view>{"sgd", "adam", "adamw", "lars"}));
}

TEST(Optimizers, SgdStepsByMomentumAndDecay) {
  NamedParameters parameters = matrix_and_bias();
  const auto optimizer = optimizers().make(
      part(optimizers(), "sgd", R"({"lr": 0.5, "momentum": 0.5, "weight_decay": 0.25})"),
      parameters);
  for (int step = 0; step < 2; ++step) {
    for (auto& item : parameters) item.value().mutable_grad() = at::ones(item.value().sizes());
    optimizer->step();
  }
  // Matrix: step 1 has 1 + .25, w = .375; step 2 has .625 + 1 + .25 * .375 = 1.71875, w = -.484375.
  // Bias: 1, then 1.5.
  EXPECT_EQ(parameters["weight"][0][0].item<float>(), -0.484375F);
  EXPECT_EQ(parameters["bias"][0].item<float>(), -0.25F);
}

TEST(Optimizers, OptionsThatDoNotGoTogetherAreRefused) {
  const NamedParameters parameters = matrix_and_bias();
  EXPECT_EQ(message_of<UsageError>([&] {
              optimizers().make(part(optimizers(), "sgd", R"({"momentum": 0, "nesterov": true})"),
                                parameters);
            }),
            "nesterov needs a momentum above 0");
  EXPECT_EQ(message_of<UsageError>([&] {
              optimizers().make(part(optimizers(), "adamw", R"({"beta2": 1})"), parameters);
            }),
            "beta1 and beta2 must be below 1");
}

}  // namespace
}  // namespace inflow
