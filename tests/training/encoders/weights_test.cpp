#include <cmath>

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>

#include "inflow/training/encoder.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

using support::equal_state;
using support::part;
using support::ToyObjective;

std::shared_ptr<Encoder> encoder() {
  return encoders().make(part(encoders(), "resnet", R"({"widths": [8, 64], "blocks": [1, 2]})"), 3);
}

TEST(Weights, AreAFunctionOfTheSeed) {
  const auto first = encoder();
  const auto second = encoder();
  initialize(*first, 3);
  initialize(*second, 3);
  EXPECT_TRUE(equal_state(*first, *second));
  initialize(*second, 4);
  EXPECT_FALSE(equal_state(*first, *second));
}

TEST(Weights, ComeFromTheAddressOfTheirRow) {
  const auto module = encoder();
  initialize(*module, 9);
  const at::Tensor first = module->named_parameters()["conv1.weight"];
  Rng rng({.seed = 9, .index = 0, .epoch = 5}, Stream::weights);
  const double stddev = std::sqrt(2.0 / (8 * 9));  // 8 filters of 3x3
  EXPECT_EQ(first[5][0][0][0].item<float>(), static_cast<float>(stddev * rng.normal()));
  EXPECT_EQ(first[5][0][0][1].item<float>(), static_cast<float>(stddev * rng.normal()));
}

TEST(Weights, OfConvolutionsAreNormalByFanOut) {
  const auto module = encoder();
  initialize(*module, 1);
  const at::Tensor weight = module->named_parameters()["layer2.1.conv1.weight"].detach();
  const double expected = std::sqrt(2.0 / (64 * 9));
  EXPECT_NEAR(weight.std().item<double>(), expected,
              0.02 * expected);  // of 36864 draws: 5 standard errors
  EXPECT_NEAR(weight.mean().item<double>(), 0, 5 * expected / 192);
}

TEST(Weights, OfLinearLayersAreUniformByFanIn) {
  torch::nn::Linear layer(100, 200);
  initialize(*layer, 1);
  const at::Tensor weight = layer->weight.detach();
  EXPECT_LE(weight.abs().max().item<double>(), 0.1);
  EXPECT_GT(weight.abs().max().item<double>(), 0.0999);
  EXPECT_NEAR(weight.mean().item<double>(), 0, 0.1 / std::sqrt(3.0 * 20000) * 5);
  EXPECT_EQ(layer->bias.abs().max().item<float>(), 0);
}

TEST(Weights, OfNormsAreOneAndStatisticsStartAnew) {
  ToyObjective module;
  {
    const at::NoGradGuard no_gradients;
    for (auto& item : module.named_parameters()) item.value().fill_(7);
    for (auto& item : module.named_buffers()) item.value().fill_(7);
  }
  initialize(module, 1);
  EXPECT_EQ(module.named_parameters()["norm.weight"].min().item<float>(), 1);
  EXPECT_EQ(module.named_parameters()["norm.weight"].max().item<float>(), 1);
  EXPECT_EQ(module.named_parameters()["norm.bias"].abs().max().item<float>(), 0);
  EXPECT_EQ(module.named_buffers()["norm.running_mean"].abs().max().item<float>(), 0);
  EXPECT_EQ(module.named_buffers()["norm.running_var"].min().item<float>(), 1);
  EXPECT_EQ(module.named_buffers()["norm.num_batches_tracked"].item<std::int64_t>(), 0);
}

}  // namespace
}  // namespace inflow
