#include "inflow/training/moving_average.hpp"

#include <cmath>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/linear.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

torch::nn::Sequential network(double weight) {
  torch::nn::Sequential layers(torch::nn::Linear(2, 3), torch::nn::BatchNorm1d(3));
  const at::NoGradGuard no_gradients;
  for (at::Tensor& parameter : layers->parameters()) parameter.fill_(weight);
  for (at::Tensor& buffer : layers->buffers()) buffer.fill_(weight);
  return layers;
}

void fill(torch::nn::Sequential& layers, double weight) {
  const at::NoGradGuard no_gradients;
  for (at::Tensor& parameter : layers->parameters()) parameter.fill_(weight);
}

TEST(MovingAverage, BeginsAsACopyThatIsNotTrained) {
  const auto source = network(2);
  auto average = network(0);
  begin_average(*average, *source);
  for (const at::Tensor& parameter : average->parameters()) {
    EXPECT_FALSE(parameter.requires_grad());
    EXPECT_TRUE((parameter == 2).all().item<bool>());
  }
  for (const at::Tensor& buffer : average->buffers()) EXPECT_TRUE((buffer == 2).all().item<bool>());
}

TEST(MovingAverage, WeighsWhatWasByPowersOfTheDecay) {
  auto source = network(1);
  auto average = network(0);
  begin_average(*average, *source);
  fill(source, 0);
  for (int step = 0; step < 5; ++step) move_average(*average, *source, 0.9);
  for (const at::Tensor& parameter : average->parameters())
    EXPECT_NEAR(parameter.max().item<double>(), std::pow(0.9, 5), 1e-6);
}

TEST(MovingAverage, LeavesBuffersAlone) {
  const auto source = network(1);
  auto average = network(0);
  move_average(*average, *source, 0.5);
  for (const at::Tensor& buffer : average->buffers()) EXPECT_EQ(buffer.max().item<double>(), 0);
}

TEST(MovingAverage, RefusesAModuleBuiltOtherwise) {
  const torch::nn::Sequential wider(torch::nn::Linear(2, 4), torch::nn::BatchNorm1d(4));
  EXPECT_THROW(begin_average(*network(0), *wider), UsageError);
  const torch::nn::Sequential shorter(torch::nn::Linear(2, 3));
  EXPECT_THROW(begin_average(*network(0), *shorter), UsageError);
}

}  // namespace
}  // namespace inflow
