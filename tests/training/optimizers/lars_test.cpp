#include "inflow/training/optimizers/lars.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/serialize/archive.h>

#include "inflow/training/optimizer.hpp"
#include "support/message.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::part;

nlohmann::json golden() {
  std::ifstream file(std::filesystem::path(INFLOW_SOURCE_DIR) / "tests/golden/training/lars.json");
  return nlohmann::json::parse(file);
}

// Matrices of one row, and the bias, of double precision.
NamedParameters parameters_of(const nlohmann::json& start) {
  NamedParameters parameters;
  for (std::size_t i = 0; i < start.size(); ++i) {
    at::Tensor value = at::tensor(start[i].get<std::vector<double>>());
    if (i + 1 < start.size()) value = value.unsqueeze(0);
    parameters.insert("tensor" + std::to_string(i), value.requires_grad_());
  }
  return parameters;
}

void set_gradients(NamedParameters& parameters, const nlohmann::json& gradients) {
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    at::Tensor& parameter = parameters[i].value();
    parameter.mutable_grad() =
        at::tensor(gradients[i].get<std::vector<double>>()).reshape(parameter.sizes());
  }
}

double distance(const NamedParameters& parameters, const nlohmann::json& expected) {
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const at::Tensor wanted = at::tensor(expected[i].get<std::vector<double>>());
    largest = std::max(
        largest, (parameters[i].value().detach().flatten() - wanted).abs().max().item<double>());
  }
  return largest;
}

TEST(Lars, FollowsTheReferenceTrajectories) {
  const nlohmann::json content = golden();
  for (const nlohmann::json& one : content["cases"]) {
    SCOPED_TRACE(one["options"].dump());
    NamedParameters parameters = parameters_of(one["start"]);
    const auto optimizer =
        optimizers().make(part(optimizers(), "lars", one["options"].dump()), parameters);
    for (std::size_t step = 0; step < content["rates"].size(); ++step) {
      set_gradients(parameters, one["gradients"][step]);
      set_learning_rate(*optimizer, content["rates"][step]);
      optimizer->step();
      ASSERT_LT(distance(parameters, one["trajectory"][step]), 1e-10) << "step " << step;
    }
  }
}

TEST(Lars, GoesOnFromASavedStateToTheBit) {
  const nlohmann::json one = golden()["cases"][1];
  NamedParameters parameters = parameters_of(one["start"]);
  NamedParameters others = parameters_of(one["start"]);
  const PartOptions options = part(optimizers(), "lars", one["options"].dump());
  const auto first = optimizers().make(options, parameters);
  for (std::size_t step = 0; step < 3; ++step) {
    set_gradients(parameters, one["gradients"][step]);
    first->step();
  }
  torch::serialize::OutputArchive saved;
  first->save(saved);
  std::stringstream bytes;
  saved.save_to(bytes);

  const auto second = optimizers().make(options, others);
  torch::serialize::InputArchive loaded;
  loaded.load_from(bytes);
  second->load(loaded);
  const at::NoGradGuard no_gradients;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    others[i].value().copy_(parameters[i].value());
  for (std::size_t step = 3; step < 6; ++step) {
    set_gradients(parameters, one["gradients"][step]);
    set_gradients(others, one["gradients"][step]);
    first->step();
    second->step();
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    EXPECT_TRUE(parameters[i].value().equal(others[i].value())) << i;
  }
}

// What a run saved before there were three options more.
TEST(Lars, ReadsOptionsThatLackTheNewestOnes) {
  torch::serialize::OutputArchive written;
  for (const auto* key : {"lr", "momentum", "weight_decay", "trust"})
    written.write(key, c10::IValue(0.25));
  for (const auto* key : {"nesterov", "adapt"}) written.write(key, c10::IValue(true));
  std::stringstream bytes;
  written.save_to(bytes);
  torch::serialize::InputArchive archive;
  archive.load_from(bytes);
  LarsOptions options = LarsOptions().sum_norms(true).clip(true).rate_in_momentum(false);
  options.serialize(archive);
  EXPECT_EQ(options.trust(), 0.25);
  EXPECT_FALSE(options.sum_norms());
  EXPECT_FALSE(options.clip());
  EXPECT_TRUE(options.rate_in_momentum());
}

// Weights of length 2 with a gradient of length 1: q = 2 trust.
TEST(Lars, ClippedRatesAreTheAdaptedOnesUpToTheSetOne) {
  const auto moved_by = [](double trust) {
    at::Tensor weights = at::tensor({0.0, 2.0}).reshape({1, 2}).requires_grad_();
    Lars optimizer({weights}, LarsOptions(0.3).momentum(0).trust(trust).clip(true));
    weights.mutable_grad() = at::tensor({1.0, 0.0}).reshape({1, 2});
    optimizer.step();
    return -weights[0][0].item<double>();
  };
  EXPECT_NEAR(moved_by(0.05), 0.1, 1e-7);
  EXPECT_NEAR(moved_by(0.1), 0.2, 1e-7);
  EXPECT_NEAR(moved_by(10), 0.3, 1e-7);
}

TEST(Lars, ParametersWithoutGradientStay) {
  at::Tensor weights = at::tensor({1.0, 2.0});
  Lars optimizer({weights});
  optimizer.step();
  EXPECT_TRUE(weights.equal(at::tensor({1.0, 2.0})));
}

TEST(Lars, StepCallsItsClosureWithGradients) {
  at::Tensor weights = at::tensor({1.0, 2.0}).requires_grad_();
  Lars optimizer({weights}, LarsOptions(0.5).momentum(0).adapt(false));
  const at::Tensor loss = optimizer.step([&weights] {
    at::Tensor sum = weights.sum();
    sum.backward();
    return sum;
  });
  EXPECT_EQ(loss.item<double>(), 3);
  EXPECT_TRUE(weights.detach().equal(at::tensor({0.5, 1.5})));
}

TEST(Lars, OptionsOutOfRangeAreRefused) {
  const at::Tensor weights = at::tensor({1.0});
  EXPECT_EQ(message_of<UsageError>([&] { Lars({weights}, LarsOptions(-1)); }),
            "lars: lr must not be negative: -1.000000");
  EXPECT_EQ(message_of<UsageError>([&] { Lars({weights}, LarsOptions(1).momentum(2)); }),
            "lars: momentum must be in [0, 1]: 2.000000");
  EXPECT_EQ(message_of<UsageError>([&] { Lars({weights}, LarsOptions(1).trust(0)); }),
            "lars: trust must be positive: 0.000000");
}

}  // namespace
}  // namespace inflow
