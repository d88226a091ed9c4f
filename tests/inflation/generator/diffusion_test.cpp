#include "inflow/inflation/generator/diffusion.hpp"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/optim/adam.h>

#include "inflow/inflation/generator/noise.hpp"
#include "inflow/ops/error.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using support::message_of;
using testing::HasSubstr;

constexpr ImageShape kShape{.channels = 1, .size = 4};

DiffusionOptions small() {
  DiffusionOptions options;
  options.network = {.width = 8, .multipliers = {1, 2}, .embedding = 16};
  options.average = 0.9;
  return options;
}

std::shared_ptr<Diffusion> generator(const DiffusionOptions& options, std::int64_t classes = 0) {
  auto made = std::make_shared<Diffusion>(options, kShape, classes);
  made->begin(1);
  return made;
}

// Images of which label 0 is dark all over and label 1 light.
at::Tensor shades(const at::Tensor& labels) {
  return (labels.to(at::kFloat) - 0.5).view({-1, 1, 1, 1}).expand({-1, 1, 4, 4}).contiguous();
}

BatchTensors batch(std::int64_t rows, std::uint64_t epoch) {
  auto data = std::make_shared<BatchData>();
  data->epoch = epoch;
  data->count = static_cast<std::uint64_t>(rows);
  for (std::int64_t row = 0; row < rows; ++row) {
    data->indices.push_back(static_cast<std::uint64_t>(row));
    data->labels.push_back(static_cast<std::int32_t>(row % 2));
  }
  const at::Tensor labels = at::arange(rows, at::kLong) % 2;
  return {.views = {shades(labels)}, .labels = labels, .identities = labels, .data = data};
}

void train(Diffusion& generator, std::int64_t steps) {
  at::set_num_threads(1);  // what is so small is slower on more
  torch::optim::Adam optimizer(generator.parameters(), torch::optim::AdamOptions(3e-3));
  generator.train();
  for (std::int64_t step = 1; step <= steps; ++step) {
    optimizer.zero_grad();
    generator.loss(batch(64, static_cast<std::uint64_t>(step))).backward();
    optimizer.step();
    generator.after_step(step, steps);
  }
}

Samples draw(Diffusion& generator, const SamplingOptions& options, std::uint64_t first,
             std::int64_t count) {
  const at::NoGradGuard no_gradients;
  return generator.sample(options, 9, first, count);
}

TEST(Diffusion, BeginsWithTheSquareOfTheNoise) {
  const auto made = generator(small());
  const BatchTensors images = batch(16, 3);
  std::vector<ViewKey> keys;
  for (const std::uint64_t index : images.data->indices)
    keys.push_back({.seed = 1, .index = index, .epoch = 3});
  const at::Tensor noise = normal_rows(keys, Stream::noise, {1, 4, 4});
  EXPECT_FLOAT_EQ(made->loss(images).item<float>(), noise.square().mean().item<float>());
}

TEST(Diffusion, LearnsWhatItIsShown) {
  const auto made = generator(small());
  const double before = made->loss(batch(64, 0)).item<double>();
  train(*made, 400);
  EXPECT_LT(made->loss(batch(64, 0)).item<double>(), 0.3 * before);

  const at::Tensor means = draw(*made, {.steps = 20}, 0, 64).images.flatten(1).mean(1);
  const at::Tensor near = ((means.abs() - 0.5).abs() < 0.2).to(at::kFloat);
  EXPECT_GT(near.mean().item<double>(), 0.9);
  const double light = (means > 0).to(at::kFloat).mean().item<double>();
  EXPECT_GT(light, 0.2);
  EXPECT_LT(light, 0.8);
}

TEST(Diffusion, DrawsTheClassItIsAskedFor) {
  DiffusionOptions options = small();
  options.conditional = true;
  const auto made = generator(options, 2);
  train(*made, 400);
  for (const double guidance : {0.0, 1.0}) {
    const Samples drawn = draw(*made, {.steps = 20, .guidance = guidance}, 3, 32);
    EXPECT_TRUE(at::equal(drawn.labels, (at::arange(32, at::kLong) + 3) % 2));
    const at::Tensor light = (drawn.images.flatten(1).mean(1) > 0).to(at::kLong);
    EXPECT_GE((light == drawn.labels).sum().item<std::int64_t>(), 30) << guidance;
  }
}

TEST(Diffusion, DrawsTheSameSampleWheneverItIsAskedFor) {
  const auto made = generator(small());
  train(*made, 20);
  for (const double eta : {0.0, 1.0}) {
    const SamplingOptions options{.steps = 10, .eta = eta};
    const at::Tensor drawn = draw(*made, options, 0, 4).images;
    EXPECT_TRUE(at::equal(drawn, draw(*made, options, 0, 4).images));
    // Products of other sizes may be rounded otherwise.
    EXPECT_TRUE(drawn.slice(0, 2).allclose(draw(*made, options, 2, 2).images, 1e-4, 1e-5));
    EXPECT_FALSE(drawn[0].allclose(drawn[1], 1e-2, 1e-2));
  }
}

TEST(Diffusion, DrawsWithTheAverageOfWeights) {
  const auto made = generator(small());
  train(*made, 3);
  const at::Tensor before = draw(*made, {.steps = 5}, 0, 2).images;
  const at::NoGradGuard no_gradients;
  const auto parameters = made->named_parameters();
  for (const auto& item : parameters) {
    if (item.key().starts_with("network.")) at::Tensor(item.value()).zero_();
  }
  EXPECT_TRUE(at::equal(before, draw(*made, {.steps = 5}, 0, 2).images));
  made->after_step(1, 3);
  EXPECT_FALSE(at::equal(before, draw(*made, {.steps = 5}, 0, 2).images));
}

TEST(Diffusion, MovesTheAverageSlowlyOnlyOnceItHasBegun) {
  DiffusionOptions options = small();
  options.average = 0.5;
  const auto made = generator(options);
  const at::NoGradGuard no_gradients;
  const at::Tensor network = *made->named_parameters().find("network.stem.weight");
  const at::Tensor average = *made->named_parameters().find("average.stem.weight");
  network.fill_(1);
  average.fill_(0);
  made->after_step(1, 100);
  EXPECT_NEAR(average.max().item<double>(), 1 - 2.0 / 11, 1e-6);
  average.fill_(0);
  made->after_step(50, 100);
  EXPECT_NEAR(average.max().item<double>(), 0.5, 1e-6);
}

TEST(Diffusion, RefusesWhatItCannotDo) {
  DiffusionOptions conditional = small();
  conditional.conditional = true;
  EXPECT_THAT(message_of<UsageError>([&] { generator(conditional); }),
              HasSubstr("needs samples with labels"));
  const auto made = generator(small());
  EXPECT_THAT(message_of<UsageError>([&] { draw(*made, {.steps = 5, .guidance = 1}, 0, 1); }),
              HasSubstr("guidance needs a conditional generator"));
  const auto labeled = generator(conditional, 1);
  EXPECT_THROW(labeled->loss(batch(4, 0)), UsageError);
}

}  // namespace
}  // namespace inflow
