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
using support::training_golden;

std::shared_ptr<Encoder> wide_resnet(const nlohmann::json& options, std::int64_t channels = 3) {
  return encoders().make(part(encoders(), "wide_resnet", options.dump()), channels);
}

// The options of a kind of network in the reference.
nlohmann::json of_kind(const std::string& kind) {
  return {{"block", kind}, {"bias", kind == "madaug"}};
}

std::int64_t parameters_of(const Encoder& encoder) {
  std::int64_t count = 0;
  for (const at::Tensor& parameter : encoder.parameters()) count += parameter.numel();
  return count;
}

TEST(WideResnet, ComputesWhatAPlainOneDoes) {
  const at::NoGradGuard no_gradients;
  for (const nlohmann::json& network : training_golden("wide_resnet.json")["small"]) {
    SCOPED_TRACE(network["kind"].get<std::string>());
    nlohmann::json options = of_kind(network["kind"]);
    options["depth"] = 16;
    const auto encoder = wide_resnet(options);
    support::fill_by_formula(*encoder, network["state"]);
    encoder->eval();
    // Single precision against double, of values up to 15.
    support::expect_near(encoder->forward(formula({2, 3, 32, 32}, 0)), network["features"], 5e-5);
  }
}

TEST(WideResnet, HasAsManyParametersAsPublished) {
  for (const nlohmann::json& network : training_golden("wide_resnet.json")["parameters"]) {
    nlohmann::json options = of_kind(network["kind"]);
    options["depth"] = network["depth"];
    options["width"] = network["width"];
    const auto encoder = wide_resnet(options);
    EXPECT_EQ(parameters_of(*encoder), network["count"].get<std::int64_t>()) << network;
    EXPECT_EQ(encoder->features(), 64 * network["width"].get<std::int64_t>());
  }
}

TEST(WideResnet, TakesPicturesOfOneChannelAndAnySize) {
  const auto encoder = wide_resnet({{"depth", 10}, {"width", 1}}, 1);
  EXPECT_EQ(encoder->channels(), 1);
  EXPECT_EQ(encoder->stem(), "small");
  EXPECT_EQ(tensor_named(*encoder, "conv1.weight").sizes(), (Sizes{16, 1, 3, 3}));
  EXPECT_EQ(encoder->forward(at::rand({2, 1, 28, 28})).sizes(), (Sizes{2, 64}));
  EXPECT_EQ(encoder->forward(at::rand({2, 1, 5, 3})).sizes(), (Sizes{2, 64}));
}

TEST(WideResnet, DropoutIsForTrainingAlone) {
  const at::NoGradGuard no_gradients;
  for (const std::string kind : {"original", "madaug"}) {
    const auto plain = wide_resnet({{"depth", 10}, {"width", 1}, {"block", kind}});
    const auto dropping =
        wide_resnet({{"depth", 10}, {"width", 1}, {"block", kind}, {"dropout", 0.3}});
    for (const auto& encoder : {plain, dropping}) initialize(*encoder, 5);
    const at::Tensor images = formula({4, 3, 8, 8}, 1);
    EXPECT_FALSE(plain->forward(images).equal(dropping->forward(images))) << kind;
    for (const auto& encoder : {plain, dropping}) {
      initialize(*encoder, 5);
      encoder->eval();
    }
    EXPECT_TRUE(plain->forward(images).equal(dropping->forward(images))) << kind;
  }
}

TEST(WideResnet, DepthsThatNoBlocksMakeAreRefused) {
  EXPECT_EQ(message_of<UsageError>([] {
              wide_resnet({{"depth", 20}});
            }),
            "depth of wide_resnet must be 4 and a multiple of 6, such as 16, 28 or 40: 20");
}

}  // namespace
}  // namespace inflow
