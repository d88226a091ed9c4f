#include <ATen/core/grad_mode.h>
#include <ATen/ops/rand.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/training/encoder.hpp"
#include "support/message.hpp"
#include "training/encoders/formula.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

using support::formula;
using support::message_of;
using support::part;
using support::Sizes;
using support::tensor_named;

std::shared_ptr<Encoder> resnet(std::string_view json, std::int64_t channels = 3) {
  return encoders().make(part(encoders(), "resnet", json), channels);
}

TEST(Resnet, ComputesWhatTorchvisionsDoes) {
  const at::NoGradGuard no_gradients;
  const nlohmann::json content = support::training_golden("resnet.json");
  const auto encoder = resnet(R"({"stem": "large"})");
  support::fill_by_formula(*encoder, content["state"]);
  encoder->eval();
  // Single precision against double, of values up to 5.
  support::expect_near(encoder->forward(formula({2, 3, 64, 64}, 0)), content["features"], 5e-5);
}

TEST(Resnet, SmallStemKeepsSmallPicturesLarge) {
  const auto encoder = resnet(R"({"widths": [4, 8], "blocks": [1, 1]})", 1);
  EXPECT_EQ(encoder->stem(), "small");
  EXPECT_EQ(encoder->channels(), 1);
  EXPECT_EQ(encoder->features(), 8);
  EXPECT_EQ(tensor_named(*encoder, "conv1.weight").sizes(), (Sizes{4, 1, 3, 3}));
  EXPECT_EQ(encoder->forward(at::rand({2, 1, 2, 2})).sizes(), (Sizes{2, 8}));
}

TEST(Resnet, WidthsAndBlocksShapeTheStages) {
  const auto encoder = resnet(R"({"widths": [4, 4, 6], "blocks": [1, 2, 1], "stem_stride": 2})");
  EXPECT_TRUE(tensor_named(*encoder, "layer2.1.conv2.weight").defined());
  EXPECT_FALSE(tensor_named(*encoder, "layer1.0.downsample.0.weight").defined());
  EXPECT_TRUE(tensor_named(*encoder, "layer2.0.downsample.0.weight").defined())
      << "the stride needs a projection";
  EXPECT_EQ(tensor_named(*encoder, "layer3.0.downsample.0.weight").sizes(), (Sizes{6, 4, 1, 1}));
  EXPECT_FALSE(tensor_named(*encoder, "layer4.0.conv1.weight").defined());
  EXPECT_EQ(encoder->forward(at::rand({3, 3, 16, 16})).sizes(), (Sizes{3, 6}));
}

TEST(Resnet, PoolKeepsTheMeansOfParts) {
  const at::NoGradGuard no_gradients;
  const auto whole = resnet(R"({"widths": [4, 6], "blocks": [1, 1]})");
  const auto parts = resnet(R"({"widths": [4, 6], "blocks": [1, 1], "pool": 2})");
  for (const auto& encoder : {whole, parts}) {
    initialize(*encoder, 5);
    encoder->eval();
  }
  EXPECT_EQ(parts->features(), 24);
  const at::Tensor images = formula({2, 3, 16, 16}, 3);
  const at::Tensor features = parts->forward(images).reshape({2, 6, 4});
  EXPECT_LT((features.mean(2) - whole->forward(images)).abs().max().item<float>(), 1e-6F);
  EXPECT_GT((features.select(2, 0) - features.select(2, 3)).abs().max().item<float>(), 1e-3F);
}

TEST(Resnet, StagesWithoutWidthOrBlocksAreRefused) {
  EXPECT_EQ(message_of<UsageError>([] { resnet(R"({"widths": [4, 8], "blocks": [1]})"); }),
            "resnet needs a width and a number of blocks for each stage: 2 widths, 1 blocks");
  EXPECT_EQ(message_of<UsageError>([] { resnet(R"({"widths": [], "blocks": []})"); }),
            "resnet needs a width and a number of blocks for each stage: 0 widths, 0 blocks");
}

TEST(Resnet, StrideOfTheLargeStemIsFixed) {
  EXPECT_EQ(message_of<UsageError>([] { resnet(R"({"stem": "large", "stem_stride": 2})"); }),
            "stem_stride is for the small stem: 2");
}

}  // namespace
}  // namespace inflow
