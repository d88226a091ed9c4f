#include "inflow/inflation/audit/audited_set.hpp"

#include <memory>
#include <numeric>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "support/memory_source.hpp"
#include "support/message.hpp"
#include "support/picture_source.hpp"

namespace inflow {
namespace {

constexpr std::uint64_t kImages = 25;

Pipeline pipeline_of(std::shared_ptr<const Source> source, int size) {
  ViewOptions views = view_presets().part("plain").options.as<ViewOptions>();
  views.size = size;
  views.mean = {0.25F, 0.5F, 0.75F};
  views.stddev = {0.5F, 0.25F, 0.125F};
  return {.shuffle = false,
          .epochs = 1,
          .source = std::move(source),
          .views = views,
          .policy = policies().make(policies().part("none"), catalog()),
          .ops = {catalog().begin(), catalog().end()},
          .batch = {.size = 10, .last = LastBatch::partial}};
}

std::vector<std::uint64_t> counted(std::uint64_t count) {
  std::vector<std::uint64_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

AuditedSet read(int size = 8) {
  const auto loader =
      run_serial(pipeline_of(std::make_shared<support::PictureSource>(kImages), size));
  return read_audited_set(*loader, counted(kImages), as_pixels);
}

TEST(AuditedSet, HasARowForEachImage) {
  const AuditedSet set = read();
  EXPECT_EQ(set.features.sizes(), (std::vector<std::int64_t>{kImages, 3 * 8 * 8}));
  EXPECT_TRUE(set.labels.equal(at::arange(static_cast<std::int64_t>(kImages)) % 2));
  EXPECT_TRUE(set.indices.equal(at::arange(static_cast<std::int64_t>(kImages))));
}

// Grey pictures of one value, 51 of 255, are 0.2 everywhere.
TEST(AuditedSet, HasPixelsAsTheyWereBeforeNormalization) {
  class Flat final : public support::MemorySource {
   public:
    Flat() : MemorySource(3, {.height = 20, .width = 20}) {}
    SampleError at(std::uint64_t, Sample& sample, const WindowOf&) const override {
      sample.image = Image(20, 20, cv::Vec3b(51, 102, 204));
      return {};
    }
  };
  const auto loader = run_serial(pipeline_of(std::make_shared<Flat>(), 20));
  const AuditedSet set = read_audited_set(*loader, counted(3), as_pixels);
  ASSERT_EQ(set.pixels.sizes(), (std::vector<std::int64_t>{3, 3 * 16 * 16}));
  const at::Tensor values = set.pixels[0].reshape({3, 256}) * std::sqrt(768.0);
  EXPECT_NEAR(values[0].min().item<double>(), 0.2, 1e-6);
  EXPECT_NEAR(values[0].max().item<double>(), 0.2, 1e-6);
  EXPECT_NEAR(values[1].mean().item<double>(), 0.4, 1e-6);
  EXPECT_NEAR(values[2].mean().item<double>(), 0.8, 1e-6);
}

TEST(AuditedSet, OfSmallImagesHasAllTheirPixels) { EXPECT_EQ(read(8).pixels.size(1), 3 * 8 * 8); }

TEST(AuditedSet, ComesBackFromItsBytes) {
  const AuditedSet set = read();
  const AuditedSet again = audited_set_from_bytes(to_bytes(set));
  EXPECT_TRUE(again.features.equal(set.features));
  EXPECT_TRUE(again.pixels.equal(set.pixels));
  EXPECT_TRUE(again.labels.equal(set.labels));
  EXPECT_TRUE(again.indices.equal(set.indices));
}

TEST(AuditedSet, OfDamagedBytesIsRefused) {
  std::string bytes = to_bytes(read());
  const std::string cut = bytes.substr(0, bytes.size() / 2);
  bytes[bytes.size() / 2] ^= 1;
  for (const std::string& damaged : {std::string(), std::string(16, 'x'), cut, bytes}) {
    EXPECT_EQ(support::message_of<InputError>([&] { audited_set_from_bytes(damaged); }),
              "features are damaged, their checksum does not match");
  }
}

TEST(AuditedSet, OfOtherSamplesIsRefused) {
  const auto pipeline = pipeline_of(std::make_shared<support::PictureSource>(kImages), 8);
  EXPECT_EQ(support::message_of<UsageError>(
                [&] { read_audited_set(*run_serial(pipeline), counted(kImages + 1), as_pixels); }),
            "there are other samples than those to audit: expected 26, found 25");
}

TEST(AuditedSet, OfFeaturesThatAreNoNumbersIsRefused) {
  const auto pipeline = pipeline_of(std::make_shared<support::PictureSource>(kImages), 8);
  EXPECT_EQ(support::message_of<UsageError>([&] {
              read_audited_set(*run_serial(pipeline), counted(kImages),
                               [](const at::Tensor& images) { return as_pixels(images) / 0; });
            }),
            "features must be rows of finite numbers, one for each image");
}

}  // namespace
}  // namespace inflow
