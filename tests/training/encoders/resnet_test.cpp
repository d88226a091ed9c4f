#include <filesystem>
#include <fstream>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/rand.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/training/encoder.hpp"
#include "support/message.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::part;

using Sizes = std::vector<std::int64_t>;

std::shared_ptr<Encoder> resnet(std::string_view json, std::int64_t channels = 3) {
  return encoders().make(part(encoders(), "resnet", json), channels);
}

nlohmann::json golden() {
  std::ifstream file(std::filesystem::path(INFLOW_SOURCE_DIR) /
                     "tests/golden/training/resnet.json");
  return nlohmann::json::parse(file);
}

// The numbers of tests/reference/resnet.py.
at::Tensor formula(at::IntArrayRef sizes, std::uint32_t salt) {
  at::Tensor tensor = at::empty(sizes, at::TensorOptions(at::kFloat));
  float* value = tensor.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    std::uint32_t mixed = static_cast<std::uint32_t>(i) * 2654435761U + salt * 40503U;
    mixed ^= mixed >> 15U;
    mixed *= 2246822519U;
    mixed ^= mixed >> 13U;
    value[i] = static_cast<float>(mixed >> 16U) * 0x1p-16F - 0.5F;
  }
  return tensor;
}

at::Tensor filled(const std::string& name, at::IntArrayRef sizes, std::uint32_t position) {
  const at::Tensor drawn = formula(sizes, position + 1);
  if (sizes.size() == 4) return drawn * 0.125;
  if (name.ends_with("weight") || name.ends_with("running_var")) return drawn * 0.5 + 1;
  return drawn * 0.5;
}

// The parameter or buffer of that name; undefined if there is none.
at::Tensor tensor_named(const torch::nn::Module& module, const std::string& name) {
  const auto parameters = module.named_parameters();
  const auto buffers = module.named_buffers();
  if (const at::Tensor* found = parameters.find(name)) return *found;
  const at::Tensor* found = buffers.find(name);
  return found != nullptr ? *found : at::Tensor();
}

TEST(Resnet, ComputesWhatTorchvisionsDoes) {
  const at::NoGradGuard no_gradients;
  const nlohmann::json content = golden();
  const auto encoder = resnet(R"({"stem": "large"})");
  std::uint32_t position = 0;
  for (const nlohmann::json& entry : content["state"]) {
    const std::string name = entry["name"];
    at::Tensor tensor = tensor_named(*encoder, name);
    ASSERT_TRUE(tensor.defined()) << name;
    ASSERT_EQ(tensor.sizes(), entry["shape"].get<Sizes>()) << name;
    if (tensor.is_floating_point()) tensor.copy_(filled(name, tensor.sizes(), position));
    ++position;
  }
  EXPECT_EQ(position, encoder->named_parameters().size() + encoder->named_buffers().size());
  encoder->eval();
  const at::Tensor features = encoder->forward(formula({2, 3, 64, 64}, 0));
  for (int row = 0; row < 2; ++row) {
    for (int column = 0; column < 512; ++column) {
      // Single precision against double, of values up to 5.
      ASSERT_NEAR(features[row][column].item<float>(),
                  content["features"][row][column].get<double>(), 5e-5)
          << row << ", " << column;
    }
  }
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
