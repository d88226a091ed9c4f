// Policies that look at the pixels of groups: how groups are cut, what they see, and that neither
// limits nor faults nor ranks move a bit of what comes out.

#include "support/group_policy.hpp"

#include <algorithm>
#include <mutex>

#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/run_shuffled.hpp"
#include "support/small_pipeline.hpp"
#include "support/two_executors.hpp"

namespace inflow {
namespace {

using support::digests_of;
using support::GroupPolicy;
using support::small_pipeline;

constexpr std::uint64_t kGroup = 4;  // of batches of 10 and of 5: the last of each is shorter

Pipeline group_pipeline(std::size_t group = kGroup) {
  Pipeline pipeline = small_pipeline();
  pipeline.policy = std::make_shared<GroupPolicy>(group);
  return pipeline;
}

Pipeline faulty_pipeline(OnBadSample way) {
  Pipeline pipeline = group_pipeline();
  pipeline.source = support::source_with_faults(45, {9, 20, 23, 44});
  pipeline.shuffle = false;
  pipeline.faults = {.on_bad_sample = way, .budget = 10};
  return pipeline;
}

std::span<const std::byte> bases_of(const BatchData& batch, std::size_t view) {
  const std::size_t bytes = row_bytes(kBaseFinish, batch.sizes[view]);
  return {batch.bases[view].data(), static_cast<std::size_t>(batch.count) * bytes};
}

class GroupLimits : public testing::TestWithParam<std::tuple<int, int, int>> {};

TEST_P(GroupLimits, LeaveTheBatchesAsTheyAre) {
  if (!support::flow_graph_can_be_tested()) GTEST_SKIP();
  const auto [threads, buffers, group] = GetParam();
  const LimitOptions limits{.threads = threads, .group = group, .buffers = buffers};
  for (const std::size_t together : {std::size_t{1}, std::size_t{4}, std::size_t{7}}) {
    const Pipeline pipeline = group_pipeline(together);
    EXPECT_EQ(digests_of(*run_parallel(pipeline, limits)), digests_of(*run_serial(pipeline)));
  }
}

TEST_P(GroupLimits, LeaveMixedAndRepairedBatchesAsTheyAre) {
  if (!support::flow_graph_can_be_tested()) GTEST_SKIP();
  const auto [threads, buffers, group] = GetParam();
  const LimitOptions limits{.threads = threads, .group = group, .buffers = buffers};
  for (const OnBadSample way : {OnBadSample::skip, OnBadSample::replace}) {
    Pipeline pipeline = faulty_pipeline(way);
    pipeline.mix.type = MixType::mixup;
    EXPECT_EQ(digests_of(*run_parallel(pipeline, limits)), digests_of(*run_serial(pipeline)));
  }
}

INSTANTIATE_TEST_SUITE_P(Limits, GroupLimits,
                         testing::Combine(testing::Values(1, 2, 8), testing::Values(1, 3, 64),
                                          testing::Values(1, 3, 7, 32)),
                         [](const auto& test) {
                           return std::to_string(std::get<0>(test.param)) + "Threads" +
                                  std::to_string(std::get<1>(test.param)) + "Buffers" +
                                  std::to_string(std::get<2>(test.param)) + "Group";
                         });

TEST(GroupPolicyOnPlainThreads, GivesTheSameBatchesInAnyOrderOfGroups) {
  Pipeline pipeline = group_pipeline();
  pipeline.epochs = 1;
  pipeline.mix.type = MixType::mixup;
  const std::vector<std::string> expected = digests_of(*run_serial(pipeline));
  for (std::uint64_t seed = 0; seed < 3; ++seed)
    EXPECT_EQ(support::run_shuffled(pipeline, 0, seed, 1), expected) << "order " << seed;
  EXPECT_EQ(support::run_shuffled(pipeline, 0, 1, 8), expected);
}

class GroupPolicies : public support::TwoExecutors {};

TEST_P(GroupPolicies, ChooseByAllBasesOfAGroupAndTheirPlansAreApplied) {
  const Pipeline pipeline = group_pipeline();
  const auto loader = run(pipeline);
  std::uint64_t planned = 0;
  while (const Batch batch = loader->next()) {
    for (std::uint64_t row = 0; row < batch->count; ++row) {
      const std::uint64_t first = row / kGroup * kGroup;
      std::uint64_t light = 0;
      for (std::uint64_t other = first; other < std::min(first + kGroup, batch->count); ++other)
        for (std::size_t view = 0; view < 2; ++view)
          light += support::light_of(batch->base(view, other));
      Sample sample;
      ASSERT_EQ(pipeline.source->at(batch->indices[row], sample).fault, Fault::none);
      for (std::size_t view = 0; view < 2; ++view) {
        const DrawnView& drawn = batch->drawn[row * 2 + view];
        EXPECT_EQ(drawn.plan, GroupPolicy::plan_for(light, row, 0));
        planned += drawn.plan.count;
        RenderScratch scratch;
        std::vector<std::byte> expected(row_bytes(drawn.finish, batch->sizes[view]));
        render(Profile::pil, pipeline.ops, sample.image, drawn, expected, scratch);
        EXPECT_TRUE(std::ranges::equal(batch->row(view, row), expected));
      }
    }
  }
  EXPECT_GT(planned, 0U);
}

TEST_P(GroupPolicies, LeaveInTheBatchTheBasesThatAreRenderedWithoutThem) {
  for (const Profile profile : {Profile::pil, Profile::fast}) {
    Pipeline pipeline = group_pipeline();
    pipeline.views.profile = profile;
    pipeline.views.solarize = 0.5;
    pipeline.views.equalize = 0.5;
    pipeline.views.blur_form = BlurForm::boxes;
    pipeline.views.local = {.count = 2, .size = 5};
    pipeline.mix.type = MixType::mixup;
    Pipeline plain = pipeline;
    plain.policy = policies().make(policies().part("none"), catalog());
    plain.mix.type = MixType::none;
    plain.batch.dtype = Dtype::uint8;
    plain.batch.layout = Layout::nhwc;
    const auto expected = run_serial(plain);
    const auto loader = run(pipeline);
    while (const Batch batch = loader->next()) {
      const Batch other = expected->next();
      ASSERT_EQ(batch->bases.size(), 4U);
      EXPECT_TRUE(other->bases.empty());
      for (std::size_t view = 0; view < 4; ++view)
        EXPECT_TRUE(std::ranges::equal(bases_of(*batch, view), other->rows(view)));
    }
  }
}

TEST_P(GroupPolicies, GoOnAtAnyBatch) {
  const Pipeline pipeline = group_pipeline();
  const std::vector<std::string> whole = digests_of(*run_serial(pipeline));
  ASSERT_EQ(whole.size(), 10U);
  for (std::uint64_t at = 0; at < whole.size(); ++at) {
    const LoaderState from{.seed = pipeline.seed, .epoch = at / 5, .batch = at % 5};
    EXPECT_EQ(digests_of(*run(pipeline, from)),
              std::vector(whole.begin() + static_cast<std::ptrdiff_t>(at), whole.end()));
  }
}

// Of batch 2, rows 0 and 3 are bad.
TEST_P(GroupPolicies, SeeBadSamplesBlack) {
  const auto loader = run(faulty_pipeline(OnBadSample::skip));
  for (int i = 0; i < 2; ++i) loader->next();
  const Batch batch = loader->next();
  ASSERT_EQ(batch->count, 8U);
  std::uint64_t light = 0;
  for (std::uint64_t row = 0; row < 2; ++row)
    for (std::size_t view = 0; view < 2; ++view) light += support::light_of(batch->base(view, row));
  for (std::uint64_t row = 0; row < 2; ++row)
    EXPECT_EQ(batch->drawn[row * 2].plan, GroupPolicy::plan_for(light, row + 1, 0));
}

TEST_P(GroupPolicies, AreShownAReplacedSampleAlone) {
  const auto loader = run(faulty_pipeline(OnBadSample::replace));
  for (int i = 0; i < 2; ++i) loader->next();
  const Batch batch = loader->next();
  ASSERT_EQ(batch->count, 10U);
  for (const std::uint64_t row : {0U, 3U}) {
    const std::uint64_t light =
        support::light_of(batch->base(0, row)) + support::light_of(batch->base(1, row));
    EXPECT_GT(light, 0U);
    EXPECT_EQ(batch->drawn[row * 2].plan, GroupPolicy::plan_for(light, row, 0));
  }
}

// The base of every row is that of its sample, also of rows that were moved or replaced.
TEST_P(GroupPolicies, HaveTheBasesOfTheRowsThatAreLeft) {
  for (const OnBadSample way : {OnBadSample::skip, OnBadSample::replace}) {
    const Pipeline pipeline = faulty_pipeline(way);
    const auto loader = run(pipeline);
    while (const Batch batch = loader->next()) {
      for (std::uint64_t row = 0; row < batch->count; ++row) {
        Sample sample;
        ASSERT_EQ(pipeline.source->at(batch->indices[row], sample).fault, Fault::none);
        RenderScratch scratch;
        Image expected;
        render_base(Profile::pil, sample.image, batch->drawn[row * 2 + 1].base, expected, scratch);
        const Image base = batch->base(1, row);
        EXPECT_TRUE(std::equal(base.begin(), base.end(), expected.begin()));
      }
    }
  }
}

TEST_P(GroupPolicies, ChooseForRanksAsForOne) {
  const auto of_rank = [](int rank, int count) {
    Pipeline pipeline = group_pipeline(2);
    pipeline.batch.size = 12;
    pipeline.batch.last = LastBatch::pad;
    pipeline.ranks = {.count = count, .rank = rank};
    return pipeline;
  };
  const auto one = run_serial(of_rank(0, 1));
  std::vector<std::unique_ptr<Loader>> loaders;
  for (int rank = 0; rank < 3; ++rank) loaders.push_back(run(of_rank(rank, 3)));
  while (const Batch whole = one->next()) {
    std::vector<DrawnView> drawn;
    std::vector<std::byte> rows;
    std::vector<std::byte> bases;
    for (const auto& loader : loaders) {
      const Batch part = loader->next();
      drawn.insert(drawn.end(), part->drawn.begin(), part->drawn.end());
      rows.insert(rows.end(), part->rows(0).begin(), part->rows(0).end());
      bases.insert(bases.end(), bases_of(*part, 0).begin(), bases_of(*part, 0).end());
    }
    EXPECT_EQ(drawn, whole->drawn);
    EXPECT_TRUE(std::ranges::equal(rows, whole->rows(0)));
    EXPECT_TRUE(std::ranges::equal(bases, bases_of(*whole, 0)));
  }
}

// Throws in one group of one batch, behind a bad sample of a later group of the same batch.
class FailingPolicy final : public Policy {
 public:
  bool needs_pixels() const override { return true; }
  std::size_t group() const override { return 2; }
  void choose(const Group& group, std::span<Plan> plans) const override {
    if (group.batch == 1 && group.rows.front() == 2) throw std::runtime_error("no plan");
    std::ranges::fill(plans, Plan{});
  }
};

TEST_P(GroupPolicies, FailTheBatchWhereTheyThrowBeforeLaterRowsDo) {
  Pipeline pipeline = small_pipeline(support::source_with_faults(45, {14}));
  pipeline.shuffle = false;
  pipeline.policy = std::make_shared<FailingPolicy>();
  for (int i = 0; i < 10; ++i) {
    const auto loader = run(pipeline);
    EXPECT_NE(loader->next(), nullptr);
    try {
      loader->next();
      FAIL() << "there is no plan for it";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "no plan");
    }
  }
}

// A policy without pixels that remembers what it is told of its place.
class PlacePolicy final : public Policy {
 public:
  struct Place {
    std::uint64_t index, row, batch, batches, batch_rows;
    bool operator==(const Place&) const = default;
  };
  std::size_t group() const override { return 5; }  // which says nothing without pixels
  void choose(const Group& group, std::span<Plan> plans) const override {
    std::ranges::fill(plans, Plan{});
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(group.keys.size(), 2U);
    EXPECT_TRUE(group.bases.empty());
    EXPECT_EQ(group.rows[0], group.rows[1]);
    places.push_back({.index = group.keys[0].index,
                      .row = group.rows[0],
                      .batch = group.batch,
                      .batches = group.batches,
                      .batch_rows = group.batch_rows});
  }
  mutable std::vector<Place> places;

 private:
  mutable std::mutex mutex_;
};

TEST_P(GroupPolicies, AreToldWhereInTheEpochTheyAre) {
  Pipeline pipeline = small_pipeline();
  const auto policy = std::make_shared<PlacePolicy>();
  pipeline.policy = policy;
  pipeline.shuffle = false;
  pipeline.epochs = 1;
  pipeline.ranks = {.count = 2, .rank = 1};
  std::vector<PlacePolicy::Place> expected;
  for (std::uint64_t index = 0; index < 40; ++index) {
    if (index % 10 < 5) continue;
    expected.push_back(
        {.index = index, .row = index % 10, .batch = index / 10, .batches = 5, .batch_rows = 10});
  }
  // Of the last five samples rank 1 has three.
  for (std::uint64_t index = 42; index < 45; ++index)
    expected.push_back(
        {.index = index, .row = index % 10, .batch = 4, .batches = 5, .batch_rows = 10});
  digests_of(*run(pipeline));
  std::ranges::sort(policy->places, {}, &PlacePolicy::Place::index);
  EXPECT_EQ(policy->places, expected);
}

INSTANTIATE_TEST_SUITE_P(Executors, GroupPolicies, testing::ValuesIn(support::kTwoExecutors),
                         support::name_of_executor);

}  // namespace
}  // namespace inflow
