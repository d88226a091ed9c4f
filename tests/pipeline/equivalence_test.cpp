// The flow graph and every other executor give the batches of the serial oracle, to the bit.

#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/flow_graph_test.hpp"
#include "support/run_shuffled.hpp"
#include "support/small_pipeline.hpp"

namespace inflow {
namespace {

using support::digests_of;
using support::small_pipeline;

std::vector<std::string> serial_digests(const Pipeline& pipeline) {
  return digests_of(*run_serial(pipeline));
}

struct Variant {
  const char* name;
  void (*change)(Pipeline&);
};

const Variant kVariants[] = {
    {"AsItIs", [](Pipeline&) {}},
    {"Uint8", [](Pipeline& pipeline) { pipeline.batch.dtype = Dtype::uint8; }},
    {"Nhwc", [](Pipeline& pipeline) { pipeline.batch.layout = Layout::nhwc; }},
    {"OneChannel", [](Pipeline& pipeline) { pipeline.batch.channels = 1; }},
    {"Dropped", [](Pipeline& pipeline) { pipeline.batch.last = LastBatch::drop; }},
    {"InOrder", [](Pipeline& pipeline) { pipeline.shuffle = false; }},
    {"WithoutDraws", [](Pipeline& pipeline) { pipeline.batch.keep_drawn = false; }},
    {"OneView", [](Pipeline& pipeline) { pipeline.views.count = 1; }},
    {"FiveViews", [](Pipeline& pipeline) { pipeline.views.count = 5; }},
    {"LocalViews", [](Pipeline& pipeline) { pipeline.views.local = {.count = 3, .size = 5}; }},
    {"EveryDraw",
     [](Pipeline& pipeline) {
       pipeline.views.crop = CropKind::pad;
       pipeline.views.filter = Filter::bicubic;
       pipeline.views.blur_form = BlurForm::boxes;
       pipeline.views.solarize = 0.5;
       pipeline.views.equalize = 0.5;
       pipeline.views.cutout = 3;
       pipeline.views.share = {"crop", "solarize"};
     }},
    {"BatchesOfOne", [](Pipeline& pipeline) { pipeline.batch.size = 1; }},
    {"OneBatch", [](Pipeline& pipeline) { pipeline.batch.size = 100; }},
    {"Mixup", [](Pipeline& pipeline) { pipeline.mix.type = MixType::mixup; }},
    {"CutmixOfBytes",
     [](Pipeline& pipeline) {
       pipeline.mix.type = MixType::cutmix;
       pipeline.batch.dtype = Dtype::uint8;
     }},
    {"EitherMixInNhwc",
     [](Pipeline& pipeline) {
       pipeline.mix = {.type = MixType::either, .alpha = 0.5, .probability = 0.8};
       pipeline.batch.layout = Layout::nhwc;
     }},
    {"MixOfBatchesOfOne",
     [](Pipeline& pipeline) {
       pipeline.mix.type = MixType::mixup;
       pipeline.batch.size = 1;
     }},
    {"FastInOneGo",
     [](Pipeline& pipeline) {
       pipeline.views.profile = Profile::fast;
       pipeline.policy = policies().make(policies().part("none"), catalog());
     }},
    {"FastWithPolicy", [](Pipeline& pipeline) { pipeline.views.profile = Profile::fast; }},
};

class EveryVariant : public testing::TestWithParam<Variant> {
 protected:
  EveryVariant() { GetParam().change(pipeline_); }
  Pipeline pipeline_ = small_pipeline();
};

TEST_P(EveryVariant, IsTheSameInTheFlowGraph) {
  if (!support::flow_graph_can_be_tested()) GTEST_SKIP();
  const LimitOptions limits{.threads = 2, .group = 4, .buffers = 3};
  EXPECT_EQ(digests_of(*run_parallel(pipeline_, limits)), serial_digests(pipeline_));
}

TEST_P(EveryVariant, IsTheSameInAnyOrderOfSamples) {
  pipeline_.epochs = 1;
  const std::vector<std::string> expected = serial_digests(pipeline_);
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    EXPECT_EQ(support::run_shuffled(pipeline_, 0, seed, 1), expected) << "order " << seed;
  }
}

TEST_P(EveryVariant, IsTheSameOnPlainThreads) {
  pipeline_.epochs = 1;
  EXPECT_EQ(support::run_shuffled(pipeline_, 0, 1, 8), serial_digests(pipeline_));
}

INSTANTIATE_TEST_SUITE_P(Pipelines, EveryVariant, testing::ValuesIn(kVariants),
                         [](const auto& test) { return std::string(test.param.name); });

class EveryLimit : public testing::TestWithParam<std::tuple<int, int, int>> {};

TEST_P(EveryLimit, LeavesTheBatchesAsTheyAre) {
  if (!support::flow_graph_can_be_tested()) GTEST_SKIP();
  const auto [threads, buffers, group] = GetParam();
  const LimitOptions limits{.threads = threads, .group = group, .buffers = buffers};
  const Pipeline pipeline = small_pipeline();
  static const std::vector<std::string> kExpected = serial_digests(pipeline);
  EXPECT_EQ(digests_of(*run_parallel(pipeline, limits)), kExpected);
}

TEST_P(EveryLimit, LeavesMixedBatchesAsTheyAre) {
  if (!support::flow_graph_can_be_tested()) GTEST_SKIP();
  const auto [threads, buffers, group] = GetParam();
  const LimitOptions limits{.threads = threads, .group = group, .buffers = buffers};
  Pipeline pipeline = small_pipeline();
  pipeline.mix.type = MixType::either;
  static const std::vector<std::string> kExpected = serial_digests(pipeline);
  EXPECT_EQ(digests_of(*run_parallel(pipeline, limits)), kExpected);
}

INSTANTIATE_TEST_SUITE_P(Limits, EveryLimit,
                         testing::Combine(testing::Values(1, 2, 8, 99), testing::Values(1, 3, 64),
                                          testing::Values(1, 7, 32, 1000)),
                         [](const auto& test) {
                           return std::to_string(std::get<0>(test.param)) + "Threads" +
                                  std::to_string(std::get<1>(test.param)) + "Buffers" +
                                  std::to_string(std::get<2>(test.param)) + "Group";
                         });

TEST(SeedsAndEpochs, GiveDifferentBatches) {
  Pipeline pipeline = small_pipeline();
  const std::vector<std::string> digests = serial_digests(pipeline);
  ASSERT_EQ(digests.size(), 10U);
  pipeline.seed = 8;
  const std::vector<std::string> others = serial_digests(pipeline);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NE(digests[i], digests[i + 5]);
    EXPECT_NE(digests[i], others[i]);
  }
}

// The mean of all values of a picture.
float light_of(const Image& image) {
  int sum = 0;
  for (const cv::Vec3b& pixel : image) sum += pixel[0] + pixel[1] + pixel[2];
  return static_cast<float>(sum) / static_cast<float>(3 * image.rows * image.cols);
}

// A policy that looks at pixels: the lighter a view, the lower the threshold of its solarize.
class LightPolicy final : public Policy {
 public:
  bool needs_pixels() const override { return true; }

  void choose(const Group& group, std::span<Plan> plans) const override {
    for (std::size_t i = 0; i < plans.size(); ++i) {
      plans[i].steps[0] = {.op = op_number(catalog(), "solarize"),
                           .magnitude = 255 - light_of(group.bases[i])};
      plans[i].steps[1] = {.op = op_number(catalog(), "posterize"), .magnitude = 3};
      plans[i].count = 2;
    }
  }
};

TEST(PolicyThatNeedsPixels, SeesTheBasesAndItsPlansAreApplied) {
  Pipeline pipeline = small_pipeline();
  pipeline.policy = std::make_shared<LightPolicy>();
  const auto loader = run_serial(pipeline);
  while (const Batch batch = loader->next()) {
    for (std::uint64_t row = 0; row < batch->count; ++row) {
      Sample sample;
      ASSERT_EQ(pipeline.source->at(batch->indices[row], sample).fault, Fault::none);
      for (std::size_t view = 0; view < 2; ++view) {
        const DrawnView& drawn = batch->drawn[row * 2 + view];
        ASSERT_EQ(drawn.plan.count, 2);
        RenderScratch scratch;
        Image base;
        render_base(Profile::pil, sample.image, drawn.base, base, scratch);
        EXPECT_EQ(drawn.plan.steps[0].magnitude, 255 - light_of(base));
        std::vector<std::byte> expected(row_bytes(drawn.finish, batch->sizes[view]));
        render(Profile::pil, pipeline.ops, sample.image, drawn, expected, scratch);
        const auto found = batch->rows(view).subspan(row * expected.size(), expected.size());
        EXPECT_TRUE(std::ranges::equal(found, expected));
      }
    }
  }
}

class PolicyThatNeedsPixelsInTheFlowGraph : public support::FlowGraphTest {};

TEST_F(PolicyThatNeedsPixelsInTheFlowGraph, GivesTheSameBatches) {
  Pipeline pipeline = small_pipeline();
  pipeline.policy = std::make_shared<LightPolicy>();
  for (const int group : {1, 3, 100}) {
    EXPECT_EQ(digests_of(*run_parallel(pipeline, {.threads = 4, .group = group})),
              serial_digests(pipeline));
  }
}

}  // namespace
}  // namespace inflow
