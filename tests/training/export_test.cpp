#include "inflow/training/export.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/rand.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/training/compute.hpp"
#include "inflow/training/detail/safetensors.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::part;
using support::TemporaryDirectory;

constexpr std::string_view kSmall =
    R"({"stem": "small", "stem_stride": 2, "widths": [8, 12, 16], "blocks": [1, 2, 1]})";
constexpr std::string_view kLarge =
    R"({"stem": "large", "stem_stride": 1, "widths": [8, 16], "blocks": [2, 1]})";

// An encoder whose norms have seen something.
std::shared_ptr<Encoder> seasoned(std::string_view json, std::int64_t channels, std::int64_t size) {
  const at::NoGradGuard no_gradients;
  std::shared_ptr<Encoder> encoder = encoders().make(part(encoders(), "resnet", json), channels);
  initialize(*encoder, 11);
  for (at::Tensor& parameter : encoder->parameters())
    parameter.set_data(in_layout(parameter, {.channels_last = true}));
  for (int step = 0; step < 3; ++step) encoder->forward(at::rand({8, channels, size, size}));
  return encoder;
}

EncoderManifest manifest_of(std::string_view options, int size) {
  nlohmann::json architecture = nlohmann::json::parse(options);
  architecture["type"] = "resnet";
  return {.architecture = architecture.dump(),
          .input_size = size,
          .mean = {0.286F, 0.5F, 0.25F},
          .stddev = {0.353F, 0.5F, 0.125F},
          .trained_with = R"({"seed": 7})"};
}

// What a command prints, and how it ends.
struct Outcome {
  std::string output;
  int status = 0;
};

Outcome execute(const std::string& command) {
  Outcome outcome;
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  std::array<char, 4096> bytes{};
  while (const std::size_t count = std::fread(bytes.data(), 1, bytes.size(), pipe))
    outcome.output.append(bytes.data(), count);
  outcome.status = ::pclose(pipe);
  return outcome;
}

class Export : public testing::TestWithParam<std::tuple<std::string_view, int, int>> {};

TEST_P(Export, LoadsInPlainPytorchWithTheSameFeatures) {
  const auto [options, channels, size] = GetParam();
  const TemporaryDirectory directory;
  const auto encoder = seasoned(options, channels, size);
  export_encoder(*encoder, manifest_of(options, size), directory / "export");

  const at::NoGradGuard no_gradients;
  encoder->eval();
  const at::Tensor images = at::rand({7, channels, size, size});
  torch::OrderedDict<std::string, at::Tensor> example;
  example.insert("images", images);
  example.insert("features", encoder->forward(images));
  write_whole(directory / "example.safetensors", training::safetensors(example));

  ASSERT_STRNE(INFLOW_PYTHON, "") << "these tests need a Python with torch and safetensors";
  const Outcome outcome =
      execute(std::string(INFLOW_PYTHON) + " " INFLOW_SOURCE_DIR "/tests/training/load_export.py " +
              directory.path().string());
  EXPECT_EQ(outcome.status, 0) << outcome.output;
}

INSTANTIATE_TEST_SUITE_P(Stems, Export,
                         testing::Values(std::tuple(kSmall, 1, 28), std::tuple(kLarge, 3, 40)),
                         [](const auto& setting) {
                           return std::get<1>(setting.param) == 1 ? "Small" : "Large";
                         });

TEST(ExportFiles, ManifestSaysHowToFeedTheEncoder) {
  const TemporaryDirectory directory;
  const auto encoder = seasoned(kSmall, 1, 28);
  export_encoder(*encoder, manifest_of(kSmall, 28), directory.path());
  const auto manifest = nlohmann::json::parse(read_file(directory / "manifest.json"));
  EXPECT_EQ(manifest["architecture"]["type"], "resnet");
  EXPECT_EQ(manifest["stem"], "small");
  EXPECT_EQ(manifest["channels"], 1);
  EXPECT_EQ(manifest["input_size"], 28);
  EXPECT_EQ(manifest["mean"].dump(), "[0.286]");
  EXPECT_EQ(manifest["stddev"].dump(), "[0.353]");
  EXPECT_EQ(manifest["features"], 16);
  EXPECT_EQ(manifest["trained_with"]["seed"], 7);
  for (const std::string name : {"encoder.safetensors", "encoder.pt"}) {
    const std::string content = read_file(directory / name);
    EXPECT_EQ(manifest["files"][name]["bytes"], content.size());
    EXPECT_EQ(manifest["files"][name]["xxh3_128"], checksum_of(content).digits());
  }
}

TEST(ExportFiles, EncoderIsLeftAsItWas) {
  const TemporaryDirectory directory;
  const auto encoder = seasoned(kSmall, 1, 28);
  encoder->named_children()["layer1"]->eval();
  std::vector<at::Tensor> values;
  std::vector<void*> addresses;
  for (const at::Tensor& parameter : encoder->parameters()) {
    values.push_back(parameter.detach().clone());
    addresses.push_back(parameter.data_ptr());
  }
  const at::Tensor mean = encoder->named_buffers()["bn1.running_mean"].clone();
  export_encoder(*encoder, manifest_of(kSmall, 28), directory.path());
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_TRUE(values[i].equal(encoder->parameters()[i]));
    EXPECT_EQ(addresses[i], encoder->parameters()[i].data_ptr());
    EXPECT_TRUE(encoder->parameters()[i].requires_grad());
  }
  EXPECT_TRUE(mean.equal(encoder->named_buffers()["bn1.running_mean"]));
  EXPECT_TRUE(encoder->is_training());
  EXPECT_TRUE(encoder->named_children()["layer2"]->is_training());
  EXPECT_FALSE(encoder->named_children()["layer1"]->is_training());
}

TEST(ExportFiles, ManifestsThatCannotBeRightAreRefused) {
  const TemporaryDirectory directory;
  const auto encoder = seasoned(kSmall, 1, 28);
  EncoderManifest manifest = manifest_of(kSmall, 0);
  EXPECT_EQ(
      message_of<UsageError>([&] { export_encoder(*encoder, manifest, directory / "export"); }),
      "manifest of an encoder: input_size must be positive: 0");
  manifest = manifest_of(kSmall, 28);
  manifest.trained_with = "seed: 7";
  EXPECT_EQ(
      message_of<UsageError>([&] { export_encoder(*encoder, manifest, directory / "export"); }),
      "manifest of an encoder: trained_with is not JSON: seed: 7");
  EXPECT_FALSE(std::filesystem::exists(directory / "export"));
}

TEST(ExportFiles, OtherTypesThanTheTwoAreNamed) {
  torch::OrderedDict<std::string, at::Tensor> tensors;
  tensors.insert("odd", at::rand({2}).to(at::kDouble));
  EXPECT_EQ(message_of<UsageError>([&] { training::safetensors(tensors); }),
            "only float32 and int64 tensors can be exported: odd is Double");
}

}  // namespace
}  // namespace inflow
