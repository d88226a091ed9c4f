#include "inflow/tools/ways.hpp"

#include <algorithm>
#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/ops/simd.hpp"
#include "support/flow_graph_test.hpp"
#include "support/picture_source.hpp"
#include "support/small_pipeline.hpp"

namespace inflow::tools {
namespace {

using support::small_pipeline;
using testing::ElementsAre;

using WaysToMake = support::FlowGraphTest;

Pipeline pipeline_with(int size, LastBatch last) {
  Pipeline pipeline = small_pipeline();
  pipeline.batch.size = size;
  pipeline.batch.last = last;
  return pipeline;
}

std::vector<std::string> names_of(const Ways& all, bool simd) {
  std::vector<std::string> names;
  for (const Way& way : all.ways) {
    if (way.what.starts_with("simd ") == simd) names.push_back(way.what);
  }
  return names;
}

std::vector<std::string> left_out_of(const Pipeline& pipeline) {
  std::vector<std::string> all;
  for (const auto& [what, why] : ways_to_make(pipeline, {}, 8).left_out)
    all.push_back(what + ": " + why);
  return all;
}

TEST_F(WaysToMake, CoverLimitsResumingAndRanks) {
  EXPECT_THAT(
      names_of(ways_to_make(pipeline_with(24, LastBatch::pad), {}, 8), /*simd=*/false),
      ElementsAre("threads 1", "threads 2", "threads 8", "threads 99", "group 1", "group 7",
                  "group 24", "buffers 1", "buffers 2", "resumed after 1", "resumed after 4",
                  "resumed after 7", "ranks 2", "ranks 2 after 4", "ranks 3", "ranks 3 after 4",
                  "ranks 4", "ranks 4 after 4", "ranks 8", "ranks 8 after 4"));
}

TEST_F(WaysToMake, CoverEveryKindOfVectors) {
  std::vector<std::string> expected = simd_targets();
  for (std::string& name : expected) name.insert(0, "simd ");
  const Pipeline pipeline = small_pipeline();
  EXPECT_EQ(names_of(ways_to_make(pipeline, {}, 8), /*simd=*/true), expected);
}

TEST_F(WaysToMake, DoNotResumeWhereThereIsOneBatch) {
  EXPECT_THAT(names_of(ways_to_make(pipeline_with(10, LastBatch::pad), {}, 1), /*simd=*/false),
              ElementsAre("threads 1", "threads 2", "threads 8", "threads 99", "group 1", "group 7",
                          "group 10", "buffers 1", "buffers 2", "ranks 2"));
}

TEST_F(WaysToMake, LeaveOutRanksThatCannotShareABatch) {
  Pipeline pipeline = pipeline_with(12, LastBatch::drop);
  EXPECT_THAT(left_out_of(pipeline), ElementsAre("ranks 8: batch.size is no multiple of it: 12"));
  pipeline.mix.type = MixType::mixup;
  EXPECT_THAT(left_out_of(pipeline), ElementsAre("ranks 2: rows are mixed over whole batches",
                                                 "ranks 3: rows are mixed over whole batches",
                                                 "ranks 4: rows are mixed over whole batches",
                                                 "ranks 8: batch.size is no multiple of it: 12"));
  // 45 samples are five batches of 8 and one of 5.
  EXPECT_THAT(left_out_of(pipeline_with(8, LastBatch::partial)),
              ElementsAre("ranks 3: batch.size is no multiple of it: 8",
                          "ranks 8: the last batch of an epoch has fewer samples: 5"));
}

std::vector<BatchDigest> batches_of(const Way& way) { return way.batches(8); }

TEST_F(WaysToMake, GiveTheBatchesOfTheOracleWhereSamplesAreBad) {
  for (const OnBadSample on_bad_sample : {OnBadSample::skip, OnBadSample::replace}) {
    Pipeline pipeline = pipeline_with(12, LastBatch::pad);
    pipeline.source = support::source_with_faults(45, {0, 3, 11, 12, 20, 23, 30, 44});
    pipeline.faults = {.on_bad_sample = on_bad_sample, .budget = 45};
    const std::vector<BatchDigest> expected = batches_of(serial_way(pipeline));
    ASSERT_EQ(expected.size(), 8);
    for (const Way& way : ways_to_make(pipeline, {}, 8).ways)
      EXPECT_EQ(batches_of(way), expected) << way.what;
  }
}

TEST_F(WaysToMake, StopAtTheEndOfTheStream) {
  Pipeline pipeline = pipeline_with(12, LastBatch::pad);
  pipeline.epochs = 1;
  for (const Way& way : ways_to_make(pipeline, {}, 8).ways)
    EXPECT_EQ(batches_of(way).size(), 4) << way.what;
}

// Says something else whenever it is asked again, so that no two ways get the same.
class FickleSource final : public Source {
 public:
  std::uint64_t size() const override { return 45; }
  std::span<const std::string> classes() const override { return {}; }
  Meta about(std::uint64_t index) const override { return {.identity = index}; }
  SampleError at(std::uint64_t, Sample& sample, const WindowOf&) const override {
    sample.image.create(8, 8);
    sample.image.setTo(static_cast<std::uint8_t>(asked_++ * 7));
    return {};
  }

 private:
  mutable std::atomic<unsigned> asked_ = 0;
};

TEST_F(WaysToMake, DifferForASourceThatIsNotAFunctionOfTheIndex) {
  const Pipeline pipeline = small_pipeline(std::make_shared<FickleSource>());
  const std::vector<BatchDigest> expected = batches_of(serial_way(pipeline));
  for (const Way& way : ways_to_make(pipeline, {}, 8).ways)
    EXPECT_NE(batches_of(way), expected) << way.what;
}

}  // namespace
}  // namespace inflow::tools
