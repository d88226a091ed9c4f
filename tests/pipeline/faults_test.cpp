// What becomes of bad samples, in every executor.

#include "inflow/pipeline/faults.hpp"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/message.hpp"
#include "support/small_pipeline.hpp"
#include "support/two_executors.hpp"

namespace inflow {
namespace {

using support::digests_of;
using support::message_of;
using support::PictureSource;
using support::small_pipeline;
using support::source_with_faults;
using testing::ElementsAre;
using testing::SizeIs;

// Of 45 samples in batches of 10: in the order of the source, 23 is row 3 of batch 2.
const std::vector<std::uint64_t> kBad{9, 23, 20, 44};

Pipeline pipeline_with(OnBadSample way, std::vector<std::uint64_t> bad = kBad) {
  Pipeline pipeline = small_pipeline(source_with_faults(45, std::move(bad)));
  pipeline.shuffle = false;
  pipeline.faults = {.on_bad_sample = way, .budget = 10};
  return pipeline;
}

class Faults : public support::TwoExecutors {};

// What a row shows and says, but for its place.
void expect_same_row(const BatchData& one, std::uint64_t row, const BatchData& other,
                     std::uint64_t other_row) {
  EXPECT_EQ(one.indices[row], other.indices[other_row]);
  EXPECT_EQ(one.labels[row], other.labels[other_row]);
  EXPECT_EQ(one.identities[row], other.identities[other_row]);
  EXPECT_EQ(one.origins[row], other.origins[other_row]);
  for (std::size_t view = 0; view < 2; ++view) {
    EXPECT_EQ(one.drawn[row * 2 + view], other.drawn[other_row * 2 + view]);
    EXPECT_TRUE(std::ranges::equal(one.row(view, row), other.row(view, other_row)));
  }
}

TEST_P(Faults, SkippedLeaveTheOtherRowsInTheirBatchAndOrder) {
  const auto whole = run_serial(pipeline_with(OnBadSample::fail, {}));
  const auto loader = run(pipeline_with(OnBadSample::skip));
  for (int i = 0; i < 10; ++i) {
    const Batch expected = whole->next();
    const Batch batch = loader->next();
    std::uint64_t row = 0;
    for (std::uint64_t from = 0; from < expected->count; ++from) {
      if (std::ranges::count(kBad, expected->indices[from]) > 0) continue;
      expect_same_row(*batch, row, *expected, from);
      ++row;
    }
    EXPECT_EQ(batch->count, row);
    EXPECT_THAT(batch->labels, SizeIs(row));
    EXPECT_THAT(batch->drawn, SizeIs(2 * row));
  }
  EXPECT_EQ(loader->next(), nullptr);
}

TEST_P(Faults, AreToldInTheOrderOfTheirRows) {
  for (const OnBadSample way : {OnBadSample::skip, OnBadSample::replace}) {
    const auto loader = run(pipeline_with(way));
    EXPECT_THAT(loader->next()->failures, SizeIs(1));
    EXPECT_THAT(loader->next()->failures, SizeIs(0));
    const Batch batch = loader->next();
    ASSERT_THAT(batch->failures, SizeIs(2));
    EXPECT_EQ(batch->failures[0].index, 20U);
    EXPECT_EQ(batch->failures[1].index, 23U);
    EXPECT_EQ(batch->failures[1].name, "23");
    EXPECT_EQ(to_json(batch->failures[1]),
              R"({"epoch":0,"batch":2,"index":23,"sample":"23","file":"23.png","offset":null,)"
              R"("stage":"decode","fault":"malformed","reason":"no end of image"})");
  }
}

TEST_P(Faults, ReplacedKeepTheLengthAndTheOtherRows) {
  const auto whole = run_serial(pipeline_with(OnBadSample::fail, {}));
  const auto loader = run(pipeline_with(OnBadSample::replace));
  for (int i = 0; i < 10; ++i) {
    const Batch expected = whole->next();
    const Batch batch = loader->next();
    ASSERT_EQ(batch->count, expected->count);
    for (std::uint64_t row = 0; row < batch->count; ++row) {
      if (std::ranges::count(kBad, expected->indices[row]) == 0) {
        expect_same_row(*batch, row, *expected, row);
        continue;
      }
      EXPECT_EQ(std::ranges::count(kBad, batch->indices[row]), 0);
      EXPECT_EQ(batch->drawn[row * 2].key.index, batch->indices[row]);
      EXPECT_EQ(std::ranges::count(batch->identities, batch->identities[row]), 1)
          << "an image that the batch shows already";
    }
  }
}

TEST_P(Faults, AreReplacedByOthersInEachEpoch) {
  const auto loader = run(pipeline_with(OnBadSample::replace, {0, 1, 2, 3, 4}));
  std::vector<std::set<std::uint64_t>> chosen(2);
  for (int i = 0; i < 10; ++i) {
    const Batch batch = loader->next();
    for (std::size_t row = 0; row < batch->failures.size(); ++row)
      chosen[batch->epoch].insert(batch->indices[row]);
  }
  EXPECT_EQ(chosen[0].size(), 5U);
  EXPECT_NE(chosen[0], chosen[1]);
}

TEST_P(Faults, GiveTheBatchesOfTheOracleWhateverTheGroups) {
  for (const OnBadSample way : {OnBadSample::skip, OnBadSample::replace}) {
    Pipeline pipeline = pipeline_with(way);
    pipeline.shuffle = true;
    pipeline.mix = {.type = MixType::either};
    const std::vector<std::string> expected = digests_of(*run_serial(pipeline));
    for (int i = 0; i < 10; ++i) EXPECT_EQ(digests_of(*run(pipeline)), expected);
  }
}

TEST_P(Faults, EndTheRunInPlaceOfTheBatchThatPassesTheBudget) {
  Pipeline pipeline = pipeline_with(OnBadSample::skip);
  pipeline.faults.budget = 2;
  const auto loader = run(pipeline);
  for (int i = 0; i < 2; ++i) loader->next();
  const std::string expected =
      "too many bad samples in epoch 0: faults.budget allows 2, found 3, the last no end of image: "
      "23.png";
  EXPECT_EQ(message_of<TooManyFaults>([&] { loader->next(); }), expected);
  EXPECT_EQ(message_of<TooManyFaults>([&] { loader->next(); }), expected) << "it stays so";
  EXPECT_EQ(loader->state().batch, 2U) << "so that a larger budget can go on there";
  try {
    loader->next();
  } catch (const TooManyFaults& error) {
    ASSERT_THAT(error.failures(), SizeIs(2)) << "so that they can be reported";
    EXPECT_EQ(error.failures()[1].name, "23");
  }
}

TEST_P(Faults, EndTheRunInTheLastBatchOfAnEpoch) {
  for (const std::uint64_t epochs : {1U, 2U}) {
    Pipeline pipeline = pipeline_with(OnBadSample::skip, {44});
    pipeline.epochs = epochs;
    pipeline.faults.budget = 0;
    const auto loader = run(pipeline);
    for (int i = 0; i < 4; ++i) loader->next();
    EXPECT_THROW(loader->next(), TooManyFaults) << epochs;
  }
}

TEST_P(Faults, AreCountedAnewInEachEpoch) {
  Pipeline pipeline = pipeline_with(OnBadSample::skip);
  pipeline.faults.budget = 4;
  EXPECT_THAT(digests_of(*run(pipeline)), SizeIs(10));
}

TEST_P(Faults, AreCountedOnAfterResuming) {
  Pipeline pipeline = pipeline_with(OnBadSample::skip);
  pipeline.faults.budget = 2;
  const auto first = run(pipeline);
  for (int i = 0; i < 2; ++i) first->next();
  EXPECT_EQ(first->state().faults, 1U);
  const auto loader = run(pipeline, loader_state_from_json(to_json(first->state())));
  EXPECT_THROW(loader->next(), TooManyFaults);
  pipeline.faults.budget = 0;
  EXPECT_EQ(message_of<UsageError>([&] { run(pipeline, first->state()); }),
            "loader state has more bad samples in its epoch than faults.budget allows: 1, allowed "
            "are 0");
}

TEST_P(Faults, EndTheRunWhereNoSampleOfABatchIsGood) {
  std::vector<std::uint64_t> bad(10);
  std::ranges::generate(bad, [next = 10]() mutable { return next++; });
  const auto loader = run(pipeline_with(OnBadSample::skip, bad));
  loader->next();
  EXPECT_EQ(
      message_of<RuntimeError>([&] { loader->next(); }),
      "every sample of batch 1 of epoch 0 is bad, and none is left to deliver (on_bad_sample: "
      "replace puts others in their places): the first is no end of image: 10.png");
}

TEST_P(Faults, AreReplacedEvenWhereNoSampleOfABatchIsGood) {
  Pipeline pipeline = pipeline_with(OnBadSample::replace, {40, 41, 42, 43, 44});
  const auto loader = run(pipeline);
  for (int i = 0; i < 4; ++i) loader->next();
  const Batch batch = loader->next();
  EXPECT_THAT(batch->failures, SizeIs(5));
  EXPECT_THAT(batch->indices, testing::AllOf(SizeIs(5), testing::Each(testing::Lt(40))));
}

TEST_P(Faults, AreReplacedEvenWhereTheBatchIsAllThereIs) {
  Pipeline pipeline = pipeline_with(OnBadSample::replace, {7});
  pipeline.batch.size = 45;
  const Batch batch = run(pipeline)->next();
  EXPECT_EQ(batch->count, 45U);
  EXPECT_NE(batch->indices[7], 7U);
}

INSTANTIATE_TEST_SUITE_P(Executors, Faults, testing::ValuesIn(support::kTwoExecutors),
                         support::name_of_executor);

TEST(FaultBudget, IsAShareRoundedUpOrANumber) {
  const auto allowed = [](double budget) { return FaultOptions{.budget = budget}.allowed(1001); };
  EXPECT_EQ(allowed(0), 0U);
  EXPECT_EQ(allowed(0.01), 11U);
  EXPECT_EQ(allowed(1), 1U);
  EXPECT_EQ(allowed(250), 250U);
}

TEST(FailureReport, NamesFileOffsetAndStageAsFarAsTheyAreKnown) {
  EXPECT_EQ(to_json(BadSample{.epoch = 1,
                              .batch = 2,
                              .index = 3,
                              .name = "a/\xff.jpg",
                              .error = {.fault = Fault::unreadable,
                                        .reason = "no such file",
                                        .file = "set-0.tar",
                                        .offset = 512}}),
            R"({"epoch":1,"batch":2,"index":3,"sample":"a/�.jpg","file":"set-0.tar","offset":512,)"
            R"("stage":"read","fault":"unreadable","reason":"no such file"})");
}

}  // namespace
}  // namespace inflow
