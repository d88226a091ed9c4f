#include "inflow/contrastive/evaluation/features.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "contrastive/golden.hpp"
#include "contrastive/tiny_encoder.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/training/batch_tensors.hpp"
#include "inflow/training/compute.hpp"
#include "support/message.hpp"
#include "support/picture_source.hpp"

namespace inflow {
namespace {

using support::integers;
using support::message_of;
using support::PictureSource;
using support::TinyEncoder;

// 25 pictures of two classes that take turns, in batches of 10, as they are.
Pipeline plain_pipeline() {
  ViewOptions views = view_presets().part("plain").options.as<ViewOptions>();
  views.size = 8;
  return {.shuffle = false,
          .epochs = 1,
          .source = std::make_shared<PictureSource>(25),
          .views = views,
          .policy = policies().make(policies().part("none"), catalog()),
          .ops = {catalog().begin(), catalog().end()},
          .batch = {.size = 10, .last = LastBatch::partial}};
}

at::Tensor all_images() {
  const auto loader = run_serial(plain_pipeline());
  std::vector<at::Tensor> images;
  while (Batch batch = loader->next()) {
    images.push_back(as_tensors(std::move(batch)).views.front().clone());
  }
  return at::cat(images);
}

std::shared_ptr<TinyEncoder> tiny_encoder() {
  auto encoder = std::make_shared<TinyEncoder>(3);
  initialize(*encoder, 1);
  return encoder;
}

// Learns a little whenever it is looked through, also in evaluation mode.
class RestlessEncoder final : public TinyEncoder {
 public:
  RestlessEncoder() : TinyEncoder(3) {}

  at::Tensor forward(const at::Tensor& images) override {
    named_buffers()["norm.running_mean"].add_(0.25);
    return TinyEncoder::forward(images);
  }
};

TEST(Encode, PassesEverySampleOnceInTheLoadersOrder) {
  const auto encoder = tiny_encoder();
  const LabeledFeatures features = encode(*encoder, *run_serial(plain_pipeline()), 2);
  encoder->eval();
  const at::NoGradGuard no_grad;
  EXPECT_TRUE(features.values.allclose(encoder->forward(all_images()), 1e-5, 1e-6));
  ASSERT_EQ(features.labels.size(0), 25);
  EXPECT_EQ(features.classes, 2);
  const std::vector<std::int64_t> labels = integers(features.labels);
  for (std::size_t at = 0; at < labels.size(); ++at) {
    EXPECT_EQ(labels[at], static_cast<std::int64_t>(at % 2));
  }
  EXPECT_FALSE(features.values.requires_grad());
}

TEST(Encode, LeavesTheEncoderAsItWas) {
  const auto encoder = tiny_encoder();
  encoder->train();
  const at::Tensor before = encoder->named_buffers()["norm.running_mean"].clone();
  encode(*encoder, *run_serial(plain_pipeline()), 2);
  EXPECT_TRUE(encoder->is_training());
  EXPECT_TRUE(at::equal(encoder->named_buffers()["norm.running_mean"], before));
  encoder->eval();
  encode(*encoder, *run_serial(plain_pipeline()), 2);
  EXPECT_FALSE(encoder->is_training());
}

TEST(Encode, ComputesInSinglePrecisionUnderAutocast) {
  const auto encoder = tiny_encoder();
  const LabeledFeatures outside = encode(*encoder, *run_serial(plain_pipeline()), 2);
  const AutocastScope autocast(true);
  const LabeledFeatures inside = encode(*encoder, *run_serial(plain_pipeline()), 2);
  EXPECT_EQ(inside.values.scalar_type(), at::kFloat);
  EXPECT_TRUE(at::equal(inside.values, outside.values));
}

TEST(Encode, StopsAfterOneEpochOfAnEndlessLoader) {
  Pipeline endless = plain_pipeline();
  endless.epochs = 0;
  const auto loader = run_serial(endless);
  EXPECT_EQ(encode(*tiny_encoder(), *loader, 2).labels.size(0), 25);
  EXPECT_EQ(loader->state().epoch, 1U);
  EXPECT_EQ(loader->state().batch, 0U);
}

TEST(Encode, GivesEveryBatchBackToTheLoader) {
  // A ceiling of 24 batches, as many for pictures: keeping all of the 25 would be an error.
  Pipeline pipeline = plain_pipeline();
  pipeline.batch.size = 1;
  pipeline.views.size = 16;
  const LimitOptions limits{
      .threads = 1, .buffers = 1, .memory = {.count = 48 * pipeline.batch_bytes()}};
  EXPECT_EQ(encode(*tiny_encoder(), *run_parallel(pipeline, limits), 2).labels.size(0), 25);
  EXPECT_EQ(raw_pixels(*run_parallel(pipeline, limits), 2).labels.size(0), 25);
}

TEST(Encode, RefusesLabelsThatAreNoClass) {
  EXPECT_EQ(
      message_of<UsageError>([] { encode(*tiny_encoder(), *run_serial(plain_pipeline()), 1); }),
      "evaluation needs a label from 0 to 0 for every sample: sample 1 has 1");
}

TEST(Encode, RefusesALoaderThatIsAtItsEnd) {
  const auto loader = run_serial(plain_pipeline());
  encode(*tiny_encoder(), *loader, 2);
  EXPECT_EQ(message_of<UsageError>([&] { encode(*tiny_encoder(), *loader, 2); }),
            "there are no samples to evaluate");
}

TEST(EncodeDeathTest, AbortsWhenTheEncoderChanges) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        RestlessEncoder encoder;
        encode(encoder, *run_serial(plain_pipeline()), 2);
      },
      "evaluation changed the encoder it evaluates");
}

TEST(RawPixels, AreTheImagesFlattened) {
  const LabeledFeatures features = raw_pixels(*run_serial(plain_pipeline()), 2);
  EXPECT_TRUE(at::equal(features.values, all_images().flatten(1)));
  Pipeline last = plain_pipeline();
  last.batch.layout = Layout::nhwc;
  EXPECT_TRUE(at::equal(raw_pixels(*run_serial(last), 2).values, features.values));
}

}  // namespace
}  // namespace inflow
