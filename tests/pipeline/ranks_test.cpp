// How the samples of an epoch are cut into batches, and batches into the parts of ranks.

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/small_pipeline.hpp"
#include "support/two_executors.hpp"

namespace inflow {
namespace {

using support::small_pipeline;
using testing::ElementsAre;

Pipeline pipeline_of_rank(int rank, int count, LastBatch last = LastBatch::pad) {
  Pipeline pipeline = small_pipeline();
  pipeline.batch.size = 12;
  pipeline.batch.last = last;
  pipeline.ranks = {.count = count, .rank = rank};
  return pipeline;
}

class Ranks : public support::TwoExecutors {};

TEST_P(Ranks, TogetherHaveTheRowsOfOneRankInTheirOrder) {
  for (const LastBatch last : {LastBatch::drop, LastBatch::pad, LastBatch::partial}) {
    for (const int count : {2, 3, 4}) {
      const auto one = run_serial(pipeline_of_rank(0, 1, last));
      std::vector<std::unique_ptr<Loader>> loaders;
      for (int rank = 0; rank < count; ++rank)
        loaders.push_back(run(pipeline_of_rank(rank, count, last)));
      while (const Batch whole = one->next()) {
        std::vector<std::uint64_t> indices;
        std::vector<DrawnView> drawn;
        std::vector<std::byte> rows;
        std::uint64_t padded = 0;
        for (const auto& loader : loaders) {
          const Batch part = loader->next();
          ASSERT_EQ(part->number, whole->number);
          indices.insert(indices.end(), part->indices.begin(), part->indices.end());
          drawn.insert(drawn.end(), part->drawn.begin(), part->drawn.end());
          rows.insert(rows.end(), part->rows(1).begin(), part->rows(1).end());
          padded += part->padded;
        }
        EXPECT_EQ(indices, whole->indices);
        EXPECT_EQ(drawn, whole->drawn);
        EXPECT_TRUE(std::ranges::equal(rows, whole->rows(1)));
        EXPECT_EQ(padded, whole->padded);
      }
      for (const auto& loader : loaders) EXPECT_EQ(loader->next(), nullptr);
    }
  }
}

TEST_P(Ranks, HaveAsManySamplesAsTheOthersUnlessABatchIsPartial) {
  for (const LastBatch last : {LastBatch::drop, LastBatch::pad}) {
    for (int rank = 0; rank < 3; ++rank) {
      const auto loader = run(pipeline_of_rank(rank, 3, last));
      while (const Batch batch = loader->next()) EXPECT_EQ(batch->count, 4U);
    }
  }
}

TEST_P(Ranks, PadTheLastBatchWithTheFirstSamplesOfTheEpoch) {
  const auto loader = run(pipeline_of_rank(0, 1));
  const Batch first = loader->next();
  for (int i = 0; i < 2; ++i) EXPECT_EQ(loader->next()->padded, 0U);
  const Batch last = loader->next();
  EXPECT_EQ(last->count, 12U);
  EXPECT_EQ(last->padded, 3U);
  for (std::uint64_t row = 0; row < 3; ++row) {
    EXPECT_EQ(last->indices[9 + row], first->indices[row]);
    EXPECT_EQ(last->labels[9 + row], first->labels[row]);
    for (std::size_t view = 0; view < 2; ++view)
      EXPECT_TRUE(std::ranges::equal(last->row(view, 9 + row), first->row(view, row)));
  }
  EXPECT_EQ(loader->next()->epoch, 1U);
}

TEST_P(Ranks, SkipBadPaddingAsWell) {
  Pipeline pipeline = pipeline_of_rank(0, 1);
  pipeline.shuffle = false;
  pipeline.source = support::source_with_faults(45, {1, 40});
  pipeline.faults = {.on_bad_sample = OnBadSample::skip, .budget = 10};
  const auto loader = run(pipeline);
  for (int i = 0; i < 3; ++i) loader->next();
  const Batch last = loader->next();
  EXPECT_EQ(last->padded, 2U);
  EXPECT_THAT(last->indices, ElementsAre(36, 37, 38, 39, 41, 42, 43, 44, 0, 2));
}

TEST_P(Ranks, ReplaceBadSamplesByThoseThatOneRankTakes) {
  const auto with_bad = [](Pipeline pipeline) {
    pipeline.source = support::source_with_faults(45, {0, 3, 11, 12, 20, 23, 30, 44});
    pipeline.faults = {.on_bad_sample = OnBadSample::replace, .budget = 45};
    return pipeline;
  };
  const auto one = run_serial(with_bad(pipeline_of_rank(0, 1)));
  std::vector<std::unique_ptr<Loader>> loaders;
  for (int rank = 0; rank < 4; ++rank) loaders.push_back(run(with_bad(pipeline_of_rank(rank, 4))));
  while (const Batch whole = one->next()) {
    std::vector<std::uint64_t> indices;
    for (const auto& loader : loaders) {
      const Batch part = loader->next();
      indices.insert(indices.end(), part->indices.begin(), part->indices.end());
    }
    EXPECT_EQ(indices, whole->indices);
  }
}

INSTANTIATE_TEST_SUITE_P(Executors, Ranks, testing::ValuesIn(support::kTwoExecutors),
                         support::name_of_executor);

// Any sizes: the parts of all ranks are the epoch, each sample once but for padding.
RC_GTEST_PROP(RanksOfAnySizes, AreTheEpochWithoutOverlap, ()) {
  const int samples = *rc::gen::inRange(1, 200);
  const int count = *rc::gen::inRange(1, 9);
  const int each = *rc::gen::inRange(1, 20);
  const LastBatch last = *rc::gen::element(LastBatch::drop, LastBatch::partial, LastBatch::pad);
  Pipeline pipeline = small_pipeline(std::make_shared<support::PictureSource>(samples));
  pipeline.batch.size = count * each;
  pipeline.batch.last = last;
  std::map<std::uint64_t, int> seen;
  std::uint64_t padded = 0;
  for (std::uint64_t number = 0; number < pipeline.batches_per_epoch(); ++number) {
    for (int rank = 0; rank < count; ++rank) {
      pipeline.ranks = {.count = count, .rank = rank};
      const std::uint64_t rows = pipeline.samples_of(number);
      if (last != LastBatch::partial) RC_ASSERT(rows == static_cast<std::uint64_t>(each));
      for (std::uint64_t row = 0; row < rows; ++row) {
        const std::uint64_t ordinal = pipeline.ordinal_of(number, row);
        if (ordinal >= pipeline.samples_per_epoch()) {
          ++padded;
        } else {
          ++seen[ordinal];
        }
      }
    }
  }
  for (const auto& [ordinal, times] : seen) RC_ASSERT(times == 1);
  const auto size = static_cast<std::uint64_t>(pipeline.batch.size);
  const std::uint64_t rest = static_cast<std::uint64_t>(samples) % size;
  RC_ASSERT(seen.size() ==
            static_cast<std::uint64_t>(samples) - (last == LastBatch::drop ? rest : 0));
  RC_ASSERT(padded == (last == LastBatch::pad && rest > 0 ? size - rest : 0));
}

}  // namespace
}  // namespace inflow
