#include "inflow/training/exported_encoder.hpp"

#include <filesystem>
#include <string>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/rand.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"
#include "training/encoders/formula.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::read_file;
using support::write_file;
using testing::HasSubstr;
using testing::StartsWith;

class ExportedEncoderTest : public testing::Test {
 protected:
  ExportedEncoderTest() : encoder_(encoders().make(part(), 1)) {
    initialize(*encoder_, 3);
    encoder_->named_buffers()["bn1.running_mean"].fill_(0.25);
    export_encoder(*encoder_, manifest(), directory_.path());
    encoder_->eval();
  }

  static PartOptions part() {
    return encoders().part(
        "resnet", {{"widths", std::vector<int>{4, 8}}, {"blocks", std::vector<int>{1, 1}}});
  }

  static EncoderManifest manifest() {
    return {
        .architecture = R"({"encoder": {"type": "resnet", "widths": [4, 8], "blocks": [1, 1]}})",
        .input_size = 12,
        .mean = {0.286F, 0.286F, 0.286F},
        .stddev = {0.5F, 0.5F, 0.5F},
        .trained_with = R"({"seed": 3})"};
  }

  std::string refused() const {
    return message_of<InputError>([&] { read_exported_encoder(directory_.path()); });
  }

  void change_manifest(const std::function<void(nlohmann::ordered_json& about)>& change) const {
    auto about = nlohmann::ordered_json::parse(read_file(directory_ / "manifest.json"));
    change(about);
    write_file(directory_ / "manifest.json", about.dump());
  }

  support::TemporaryDirectory directory_;
  std::shared_ptr<Encoder> encoder_;
};

TEST_F(ExportedEncoderTest, IsTheOneThatWasExported) {
  const ExportedEncoder read = read_exported_encoder(directory_.path());
  read.encoder->eval();
  const at::NoGradGuard no_grad;
  const at::Tensor images = support::formula({3, 1, 12, 12}, 5);
  EXPECT_TRUE(read.encoder->forward(images).equal(encoder_->forward(images)));
  EXPECT_EQ(read.manifest.input_size, 12);
  EXPECT_EQ(read.manifest.mean, manifest().mean);
  EXPECT_EQ(read.manifest.stddev, manifest().stddev);
}

TEST_F(ExportedEncoderTest, WithAChangedByteIsRefused) {
  std::string bytes = read_file(directory_ / "encoder.safetensors");
  bytes.back() ^= 1;
  write_file(directory_ / "encoder.safetensors", bytes);
  EXPECT_EQ(refused(),
            "exported encoder cannot be used: its checksum is not that of the manifest: " +
                (directory_ / "encoder.safetensors").string());
}

TEST_F(ExportedEncoderTest, OfAnotherArchitectureIsRefused) {
  change_manifest([](auto& about) { about["architecture"]["encoder"]["widths"] = {4, 16}; });
  EXPECT_THAT(
      refused(),
      StartsWith("exported encoder cannot be used: no weights as the manifest describes for "
                 "layer"));
  change_manifest([](auto& about) { about["architecture"]["encoder"]["blocks"] = {1, 2}; });
  EXPECT_THAT(refused(), HasSubstr("other weights than the manifest describes"));
}

TEST_F(ExportedEncoderTest, WithADamagedManifestIsRefused) {
  change_manifest([](auto& about) { about["mean"] = nlohmann::json::array(); });
  EXPECT_THAT(refused(), StartsWith("exported encoder cannot be used: "));
  change_manifest([](auto& about) { about["architecture"]["encoder"]["width"] = 3; });
  EXPECT_THAT(refused(), HasSubstr("unknown key: width (did you mean widths?)"));
  write_file(directory_ / "manifest.json", "{");
  EXPECT_THAT(refused(), testing::EndsWith((directory_ / "manifest.json").string()));
  std::filesystem::remove(directory_ / "manifest.json");
  EXPECT_THAT(refused(), HasSubstr("cannot read: "));
}

}  // namespace
}  // namespace inflow
