// Batches that show no image twice (batch.distinct), whatever copies an epoch has.

#include <algorithm>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/mixed.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/pipeline/selection.hpp"
#include "support/message.hpp"
#include "support/numbered_source.hpp"
#include "support/small_pipeline.hpp"
#include "support/statistics.hpp"
#include "support/two_executors.hpp"
#include "support/usual_graph.hpp"

namespace inflow {
namespace {

using support::NumberedSource;

std::shared_ptr<const Source> numbered(std::uint64_t size) {
  return std::make_shared<NumberedSource>(size);
}

std::vector<std::uint64_t> epoch_of(const SampleOrder& order, std::uint64_t seed,
                                    std::uint32_t epoch) {
  std::vector<std::uint64_t> indices(order.length());
  for (std::uint64_t ordinal = 0; ordinal < indices.size(); ++ordinal)
    indices[ordinal] = order.index_at(seed, epoch, ordinal);
  return indices;
}

// The fewest places from one sample of an identity to the next.
std::uint64_t nearest_copies(const Source& source, const std::vector<std::uint64_t>& indices) {
  std::map<std::uint64_t, std::uint64_t> last;
  std::uint64_t nearest = indices.size();
  for (std::uint64_t ordinal = 0; ordinal < indices.size(); ++ordinal) {
    const auto [seen, is_new] = last.emplace(source.about(indices[ordinal]).identity, ordinal);
    if (!is_new) nearest = std::min(nearest, ordinal - seen->second);
    seen->second = ordinal;
  }
  return nearest;
}

MixedMode arbitrary_mode() { return *rc::gen::element(MixedMode::shuffle, MixedMode::exact); }

RC_GTEST_PROP(DistinctOrder, GivesEveryCopyOnceAndKeepsThemApart, ()) {
  std::vector<MixedPart> parts(*rc::gen::inRange<std::size_t>(1, 6));
  for (MixedPart& part : parts) {
    part = {.source = numbered(*rc::gen::inRange<std::uint64_t>(1, 200)),
            .copies = *rc::gen::inRange(1, 12)};
  }
  parts.front().copies += 1;
  const auto source = mixed_of(parts, arbitrary_mode());
  const SampleOrder& order = *source->distinct_order();
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  std::vector<std::uint64_t> indices = epoch_of(order, seed, *rc::gen::arbitrary<std::uint32_t>());
  RC_ASSERT(nearest_copies(*source, indices) >= order.apart());
  std::ranges::sort(indices);
  RC_ASSERT(indices.size() == source->size());
  for (std::uint64_t index = 0; index < indices.size(); ++index) RC_ASSERT(indices[index] == index);
}

RC_GTEST_PROP(DistinctOrder, HoldsSharesAndKeepsCopiesOfThemApart, ()) {
  const auto size = *rc::gen::inRange<std::uint64_t>(20, 200);
  const auto source = mixed_of({{.source = numbered(100), .copies = *rc::gen::inRange(1, 5)},
                                {.source = numbered(size), .share = 0.5}},
                               arbitrary_mode());
  if (!source->has_copies()) return;
  const SampleOrder& order = *source->distinct_order();
  const auto indices = epoch_of(order, 7, *rc::gen::arbitrary<std::uint32_t>());
  RC_ASSERT(nearest_copies(*source, indices) >= order.apart());
  RC_ASSERT(std::set<std::uint64_t>(indices.begin(), indices.end()).size() == indices.size());
  std::map<std::uint64_t, std::uint64_t> times;
  std::uint64_t drawn = 0;
  for (const std::uint64_t index : indices) {
    const Meta meta = source->about(index);
    if (meta.origin == 0) continue;
    ++drawn;
    ++times[meta.identity];
  }
  RC_ASSERT(drawn == indices.size() / 2);
  for (const auto& [identity, count] : times)
    RC_ASSERT(count == drawn / size || count == drawn / size + 1);
}

TEST(DistinctOrder, TakesLargeBatches) {
  const auto most = [](std::vector<MixedPart> parts, MixedMode mode) {
    return mixed_of(std::move(parts), mode)->distinct_order()->apart();
  };
  EXPECT_EQ(most({{.source = numbered(1000), .copies = 10}}, MixedMode::shuffle), 375U);
  EXPECT_EQ(most({{.source = numbered(1000), .copies = 10}}, MixedMode::exact), 751U);
  const std::vector<MixedPart> paper{{.source = numbered(50'000), .copies = 10},
                                     {.source = numbered(1'000'000)}};
  EXPECT_EQ(most(paper, MixedMode::shuffle), 56'250U);
  EXPECT_EQ(most(paper, MixedMode::exact), 112'500U);
}

TEST(DistinctOrder, DiffersBySeedAndEpoch) {
  const auto source = mixed_of({{.source = numbered(30), .copies = 4}});
  const SampleOrder& order = *source->distinct_order();
  EXPECT_EQ(epoch_of(order, 7, 3), epoch_of(order, 7, 3));
  EXPECT_NE(epoch_of(order, 7, 3), epoch_of(order, 7, 4));
  EXPECT_NE(epoch_of(order, 7, 3), epoch_of(order, 8, 3));
}

TEST(DistinctOrder, GivesEveryPlaceToEveryImageEquallyOften) {
  constexpr std::uint64_t kSize = 40;
  const auto source = mixed_of({{.source = numbered(kSize), .copies = 3}});
  const SampleOrder& order = *source->distinct_order();
  for (const std::uint64_t ordinal : {0U, 13U, 39U, 40U, 119U}) {
    std::vector<int> hits(kSize);
    for (std::uint32_t epoch = 0; epoch < 4000; ++epoch)
      ++hits[order.index_at(7, epoch, ordinal) % kSize];
    EXPECT_LT(support::chi_square(hits), support::chi_square_limit(kSize - 1)) << ordinal;
  }
}

TEST(DistinctOrder, MakesEveryPairNeighborsEquallyOften) {
  constexpr std::uint64_t kSize = 12;
  const auto source = mixed_of({{.source = numbered(kSize), .copies = 3}});
  const SampleOrder& order = *source->distinct_order();
  for (const std::uint64_t ordinal : {0U, 11U, 23U, 30U}) {
    std::vector<int> pairs(kSize * (kSize - 1));
    for (std::uint32_t epoch = 0; epoch < 8000; ++epoch) {
      const std::uint64_t one = order.index_at(7, epoch, ordinal) % kSize;
      const std::uint64_t next = order.index_at(7, epoch, ordinal + 1) % kSize;
      ASSERT_NE(one, next);
      ++pairs[one * (kSize - 1) + (next < one ? next : next - 1)];
    }
    EXPECT_LT(support::chi_square(pairs), support::chi_square_limit(kSize * (kSize - 1) - 1))
        << ordinal;
  }
}

// Passes over the images are not repeats of one another: of two images that stand side by side in
// one pass, few do so in the next.
TEST(DistinctOrder, ShufflesEveryPassAnew) {
  constexpr std::uint64_t kSize = 400;
  const auto source = mixed_of({{.source = numbered(kSize), .copies = 2}}, MixedMode::exact);
  std::vector<std::uint64_t> indices = epoch_of(*source->distinct_order(), 7, 0);
  std::set<std::pair<std::uint64_t, std::uint64_t>> neighbors;
  std::size_t again = 0;
  for (std::uint64_t at = 0; at + 1 < indices.size(); ++at)
    again += neighbors.emplace(indices[at] % kSize, indices[at + 1] % kSize).second ? 0 : 1;
  EXPECT_LT(again, 16U);  // 4 expected: each of 400 with one chance in a hundred
}

// Three passes of 90 real samples beside 180 generated ones.
Pipeline distinct_pipeline(MixedMode mode = MixedMode::shuffle) {
  const auto source =
      mixed_of({{.source = numbered(90), .copies = 3}, {.source = numbered(180)}}, mode);
  Pipeline pipeline = support::small_pipeline(source);
  pipeline.batch.size = 48;
  pipeline.batch.distinct = true;
  return pipeline;
}

class Distinct : public support::TwoExecutors {};

TEST_P(Distinct, BatchesShowNoImageTwiceAndAnEpochEveryCopyOnce) {
  for (const MixedMode mode : {MixedMode::shuffle, MixedMode::exact}) {
    const auto loader = run(distinct_pipeline(mode));
    std::vector<std::set<std::uint64_t>> indices(2);
    while (const Batch batch = loader->next()) {
      EXPECT_EQ(std::set(batch->identities.begin(), batch->identities.end()).size(), batch->count);
      indices[batch->epoch].insert(batch->indices.begin(), batch->indices.end());
    }
    EXPECT_EQ(indices[0].size(), 450U);
    EXPECT_EQ(indices[1].size(), 450U);
  }
}

TEST_P(Distinct, BatchesAreThoseOfTheOracleAndOfAResumedRun) {
  const Pipeline pipeline = distinct_pipeline();
  const auto expected = support::digests_of(*run_serial(pipeline));
  ASSERT_EQ(expected.size(), 20U);
  EXPECT_EQ(support::digests_of(*run(pipeline)), expected);
  const std::vector rest(expected.begin() + 13, expected.end());
  EXPECT_EQ(support::digests_of(*run(pipeline, {.seed = 7, .epoch = 1, .batch = 3})), rest);
}

TEST_P(Distinct, BatchesAreDividedAmongRanks) {
  const auto whole = run(distinct_pipeline());
  std::vector<std::unique_ptr<Loader>> ranks;
  for (int rank = 0; rank < 3; ++rank) {
    Pipeline pipeline = distinct_pipeline();
    pipeline.ranks = {.count = 3, .rank = rank};
    ranks.push_back(run(std::move(pipeline)));
  }
  while (const Batch batch = whole->next()) {
    std::vector<std::uint64_t> together;
    for (const auto& rank : ranks) {
      const Batch part = rank->next();
      together.insert(together.end(), part->indices.begin(), part->indices.end());
    }
    EXPECT_EQ(together, batch->indices);
  }
}

// A batch of all images has nothing to replace one with but what it shows already.
TEST_P(Distinct, BatchesAreNotFilledWithImagesTheyShow) {
  Pipeline pipeline = support::small_pipeline(support::source_with_faults(45, {7}));
  pipeline.batch.size = 45;
  pipeline.batch.distinct = true;
  pipeline.faults = {.on_bad_sample = OnBadSample::replace, .budget = 1};
  EXPECT_EQ(support::message_of<RuntimeError>([&] { run(pipeline)->next(); }),
            "no sample can replace a bad one: 64 were tried for no end of image: 7.png");
}

INSTANTIATE_TEST_SUITE_P(Executors, Distinct, testing::ValuesIn(support::kTwoExecutors),
                         support::name_of_executor);

TEST(DistinctBatches, OfASourceWithoutCopiesAreThoseItHasAnyway) {
  Pipeline pipeline = support::small_pipeline(numbered(45));
  const auto expected = support::digests_of(*run_serial(pipeline));
  pipeline.batch.distinct = true;
  EXPECT_EQ(support::digests_of(*run_serial(pipeline)), expected);
}

TEST(DistinctBatches, KnowWhichSourcesHaveCopies) {
  const auto once = mixed_of({{.source = numbered(9)}, {.source = numbered(20), .share = 0.5}});
  EXPECT_FALSE(once->has_copies());
  const auto inner = mixed_of({{.source = numbered(9), .copies = 2}});
  EXPECT_TRUE(inner->has_copies());
  EXPECT_TRUE(mixed_of({{.source = inner}})->has_copies());
  EXPECT_EQ(mixed_of({{.source = inner}})->distinct_order(), nullptr);
  EXPECT_TRUE(subset_of(inner, {0, 9})->has_copies());
  EXPECT_FALSE(subset_of(numbered(9), {3, 1, 2})->has_copies());
  EXPECT_TRUE(subset_of(numbered(9), {3, 1, 3})->has_copies());
}

// What validate() finds wrong with distinct batches of a source.
std::string problem_of(
    std::shared_ptr<const Source> source,
    void (*change)(support::UsualStages&) = [](support::UsualStages&) {}) {
  support::UsualStages stages;
  stages.read.source = std::move(source);
  stages.collect.batch = {.size = 30, .distinct = true};
  change(stages);
  const auto problems = validate(support::usual_graph(stages));
  return problems.empty() ? "" : problems.front().what;
}

TEST(DistinctBatches, AreRefusedWhereTheyCannotBeHad) {
  const auto copies = mixed_of({{.source = numbered(100), .copies = 3}});
  EXPECT_EQ(problem_of(copies), "");
  EXPECT_EQ(
      problem_of(copies, [](support::UsualStages& stages) { stages.collect.batch.size = 39; }),
      "a batch may show an image twice: for batch.distinct, batch.size must be at most 38 "
      "with this source: 39");
  EXPECT_EQ(problem_of(copies, [](support::UsualStages& stages) { stages.order.shuffle = false; }),
            "shuffle must be true for a source with an order of its own");
  EXPECT_EQ(
      problem_of(copies,
                 [](support::UsualStages& stages) { stages.collect.batch.last = LastBatch::pad; }),
      "the last batch may show an image twice for batch.last: pad; batch.distinct needs drop "
      "or partial");
  EXPECT_EQ(problem_of(copies,
                       [](support::UsualStages& stages) {
                         stages.collect.faults.on_bad_sample = OnBadSample::replace;
                         stages.collect.ranks.count = 2;
                       }),
            "no rank knows the images of the others, so for batch.distinct, faults.on_bad_sample "
            "must be fail or skip for 2 ranks");
  const std::string without =
      "batch.distinct must be false for a source that draws with replacement (mode bernoulli) or "
      "has copies that nothing keeps apart";
  EXPECT_EQ(problem_of(mixed_of({{.source = numbered(100)}}, MixedMode::bernoulli)), without);
  EXPECT_EQ(problem_of(std::make_shared<support::PictureSource>(100)), without);
}

}  // namespace
}  // namespace inflow
