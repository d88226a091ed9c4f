#include "inflow/inflation/generator/unet.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"
#include "inflow/training/encoder.hpp"
#include "support/message.hpp"
#include "training/encoders/formula.hpp"

namespace inflow {
namespace {

using support::message_of;
using testing::HasSubstr;

const nlohmann::json& golden() {
  static const nlohmann::json content = [] {
    std::ifstream file(std::filesystem::path(INFLOW_SOURCE_DIR) /
                       "tests/golden/inflation/unet.json");
    return nlohmann::json::parse(file);
  }();
  return content;
}

Unet unet(const nlohmann::json& options) {
  return {{.width = options["width"],
           .multipliers = options["multipliers"],
           .blocks = options.value("blocks", 1),
           .unshuffle = options.value("unshuffle", 1),
           .embedding = options.value("embedding", 128),
           .attention = options.value("attention", true)},
          {.channels = options["channels"], .size = options.value("size", 32)},
          options.value("classes", std::int64_t{0})};
}

TEST(Unet, FindsTheNoiseThatAPlainOneDoes) {
  const at::NoGradGuard no_gradients;
  for (const nlohmann::json& network : golden()["small"]) {
    const nlohmann::json& options = network["options"];
    SCOPED_TRACE(options.dump());
    Unet made = unet(options);
    support::fill_by_formula(made, network["state"]);
    const std::int64_t size = options["size"];
    const at::Tensor images = support::formula({2, options["channels"], size, size}, 0);
    const at::Tensor labels =
        at::tensor({std::int64_t{1}, options.value("classes", std::int64_t{0})});
    const at::Tensor found = made.forward(images, at::tensor({3.0F, 871.0F}), labels);
    EXPECT_EQ(found.sizes(), images.sizes());
    // Single precision against double.
    support::expect_near(found.flatten(1), network["noise"], 5e-5);
  }
}

TEST(Unet, HasAsManyParameters) {
  for (const nlohmann::json& network : golden()["parameters"]) {
    std::int64_t count = 0;
    for (const at::Tensor& parameter : unet(network["options"]).parameters())
      count += parameter.numel();
    EXPECT_EQ(count, network["count"].get<std::int64_t>()) << network;
  }
}

TEST(Unet, BeginsByFindingNoNoiseAtAll) {
  Unet made({.width = 8, .multipliers = {1, 2}}, {.channels = 1, .size = 8}, 0);
  initialize(made, 3);
  made.begin_at_zero();
  const at::Tensor found =
      made.forward(support::formula({2, 1, 8, 8}, 1), at::tensor({1.0F, 2.0F}), {});
  EXPECT_EQ(found.abs().max().item<double>(), 0);
}

TEST(Unet, RefusesWhatDoesNotFit) {
  const auto refusal = [](const UnetOptions& options, std::int64_t size) {
    return message_of<UsageError>([&] { Unet(options, {.channels = 1, .size = size}, 0); });
  };
  EXPECT_THAT(refusal({.width = 12}, 28), HasSubstr("multiple of 8: 12"));
  EXPECT_THAT(refusal({.embedding = 33}, 28), HasSubstr("even: 33"));
  EXPECT_THAT(refusal({.multipliers = {}}, 28), HasSubstr("at least one level"));
  EXPECT_THAT(refusal({.multipliers = {1, 2}, .unshuffle = 2}, 30),
              HasSubstr("images of side 30 cannot pass a unet that needs a multiple of 4"));
}

}  // namespace
}  // namespace inflow
