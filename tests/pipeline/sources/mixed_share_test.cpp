#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/pipeline/mixed.hpp"
#include "inflow/pipeline/run.hpp"
#include "pipeline/sources/mixed_epochs.hpp"
#include "support/flow_graph_test.hpp"
#include "support/small_pipeline.hpp"

// Shares that change from epoch to epoch.

namespace inflow {
namespace {

using support::count_of;
using support::epoch_of;
using support::numbered;
using support::NumberedSource;
using support::pipeline_of;
using support::times_in_epoch;

// Half of each epoch is real at first, a tenth from epoch 4 on; of the second pool comes a tenth at
// first, 30 % from epoch 8 on. The rest is the first pool's.
class ShareThatChanges : public testing::TestWithParam<MixedMode> {
 protected:
  static constexpr std::uint64_t kLength = 750;

  static double share_of(Origin origin, std::uint64_t epoch) {
    const double real = 0.5 - 0.1 * static_cast<double>(std::min<std::uint64_t>(epoch, 4));
    const double pool = 0.1 + 0.025 * static_cast<double>(std::min<std::uint64_t>(epoch, 8));
    return origin == 0 ? real : origin == 2 ? pool : 1 - real - pool;
  }

  Pipeline pipeline_ = pipeline_of(
      mixed_of({{.source = numbered(40), .share = 0.5, .last_share = 0.1, .share_epochs = 4},
                {.source = numbered(300)},
                {.source = numbered(1000), .share = 0.1, .last_share = 0.3, .share_epochs = 8}},
               GetParam()));
};

TEST_P(ShareThatChanges, LeavesAllEpochsTheirLength) {
  EXPECT_EQ(pipeline_.samples_per_epoch(), kLength);
  for (const std::uint32_t epoch : {0U, 3U, 8U, 4'000'000'000U}) {
    std::uint64_t drawn = 0;
    for (const PartOfEpoch& part : pipeline_.source->parts_of(epoch)) drawn += part.drawn;
    EXPECT_EQ(drawn, kLength) << epoch;
  }
}

TEST_P(ShareThatChanges, IsWhatEachEpochHas) {
  for (std::uint64_t epoch = 0; epoch < 11; ++epoch) {
    const auto parts = pipeline_.source->parts_of(static_cast<std::uint32_t>(epoch));
    for (const PartOfEpoch& part : parts) {
      const double share = share_of(part.origin, epoch);
      EXPECT_NEAR(static_cast<double>(part.drawn), kLength * share, 1) << epoch;
      const auto found = count_of(pipeline_, part.origin, epoch, 0, kLength);
      if (GetParam() == MixedMode::bernoulli) {
        EXPECT_NEAR(static_cast<double>(found), static_cast<double>(part.drawn),
                    3 * std::sqrt(kLength * share * (1 - share)));
      } else {
        EXPECT_EQ(found, part.drawn) << epoch;
      }
    }
  }
}

TEST_P(ShareThatChanges, IsThatOfEveryStretchOfModeExact) {
  if (GetParam() != MixedMode::exact) return;
  for (std::uint64_t epoch = 0; epoch < 10; ++epoch) {
    for (std::uint64_t from = 0; from < kLength; from += 50) {
      const auto found = static_cast<double>(count_of(pipeline_, 0, epoch, from, from + 50));
      EXPECT_NEAR(found, 50 * share_of(0, epoch), 2) << epoch << " " << from;
    }
  }
}

TEST_P(ShareThatChanges, GivesNoIndexTwiceInAnEpoch) {
  support::expect_no_index_twice(pipeline_, 10);
}

TEST_P(ShareThatChanges, TakesNoSampleOfAPartMoreThanOnceMoreThanAnother) {
  if (GetParam() == MixedMode::bernoulli) return;
  for (std::uint64_t epoch = 0; epoch < 10; ++epoch) {
    const auto parts = pipeline_.source->parts_of(static_cast<std::uint32_t>(epoch));
    for (const auto& [sample, times] : times_in_epoch(pipeline_, epoch)) {
      const PartOfEpoch& part = parts[sample.first];
      EXPECT_LE(static_cast<std::uint64_t>(times), (part.drawn + part.samples - 1) / part.samples);
      EXPECT_GE(static_cast<std::uint64_t>(times), part.drawn / part.samples);
    }
  }
}

TEST_P(ShareThatChanges, GivesManyPlacesWhatItGivesOne) {
  for (const std::uint64_t epoch : {0U, 5U, 12U}) {
    const auto all = epoch_of(pipeline_, epoch);
    for (const std::uint64_t first : {0U, 1U, 63U, 64U, 300U, 749U}) {
      std::vector<std::uint64_t> many(kLength - first);
      pipeline_.indices_at(epoch, first, many);
      EXPECT_THAT(many, testing::ElementsAreArray(std::span(all).subspan(first))) << first;
    }
  }
}

TEST_P(ShareThatChanges, IsDividedAmongRanksWithoutGapOrOverlap) {
  pipeline_.batch = {.size = 90, .last = LastBatch::partial};
  EXPECT_EQ(support::epoch_of_ranks(pipeline_, 6, 3), epoch_of(pipeline_, 6));
}

TEST_P(ShareThatChanges, GivesTheSameBatchesWhateverMakesThem) {
  Pipeline pipeline = support::small_pipeline(pipeline_.source);
  pipeline.batch.size = 70;
  pipeline.epochs = 5;
  const auto serial = support::digests_of(*run_serial(pipeline));
  ASSERT_EQ(serial.size(), 55U);
  const LoaderState middle{.seed = pipeline.seed, .epoch = 3, .batch = 7};
  const std::vector<std::string> rest(serial.begin() + 3 * 11 + 7, serial.end());
  EXPECT_EQ(support::digests_of(*run_serial(pipeline, middle)), rest);
  if (!support::flow_graph_can_be_tested()) GTEST_SKIP();
  for (const LimitOptions& limits : {LimitOptions{.threads = 1, .group = 4, .buffers = 1},
                                     LimitOptions{.threads = 2, .group = 32, .buffers = 3},
                                     LimitOptions{.threads = 8, .group = 1, .buffers = 64}}) {
    EXPECT_EQ(support::digests_of(*run_parallel(pipeline, limits)), serial);
    EXPECT_EQ(support::digests_of(*run_parallel(pipeline, limits, middle)), rest);
  }
}

TEST_P(ShareThatChanges, KeepsCopiesApartInEveryEpoch) {
  if (GetParam() == MixedMode::bernoulli) return;
  const SampleOrder& order = *pipeline_.source->distinct_order();
  ASSERT_GT(order.apart(), 5U);
  for (std::uint32_t epoch = 0; epoch < 10; ++epoch) {
    std::map<std::uint64_t, std::uint64_t> last;
    for (std::uint64_t ordinal = 0; ordinal < kLength; ++ordinal) {
      const std::uint64_t index = order.index_at(7, epoch, ordinal);
      const auto [seen, is_new] = last.emplace(pipeline_.source->about(index).identity, ordinal);
      EXPECT_TRUE(is_new || ordinal - seen->second >= order.apart()) << epoch << " " << ordinal;
      seen->second = ordinal;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Modes, ShareThatChanges,
                         testing::Values(MixedMode::shuffle, MixedMode::bernoulli,
                                         MixedMode::exact),
                         [](const auto& test) {
                           return std::string(kMixedModes[static_cast<std::size_t>(test.param)]);
                         });

// A source that counts what is asked of it.
class CountedSource final : public Source {
 public:
  explicit CountedSource(std::uint64_t size) : source_(size) {}

  std::uint64_t size() const override { return source_.size(); }
  std::span<const std::string> classes() const override { return {}; }
  Meta about(std::uint64_t index) const override {
    ++calls_;
    return source_.about(index);
  }
  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override {
    ++calls_;
    return source_.at(index, sample, wanted);
  }

  std::uint64_t calls() const { return calls_; }

 private:
  NumberedSource source_;
  mutable std::uint64_t calls_ = 0;
};

TEST(MixedSeek, AsksForNothingThatLiesBefore) {
  for (const MixedMode mode : {MixedMode::shuffle, MixedMode::bernoulli, MixedMode::exact}) {
    const auto real = std::make_shared<CountedSource>(50'000);
    const auto pool = std::make_shared<CountedSource>(1'000'000);
    Pipeline pipeline = support::small_pipeline(mixed_of(
        {{.source = real, .share = 0.9, .last_share = 0.3, .share_epochs = 20}, {.source = pool}},
        mode));
    pipeline.epochs = 0;
    const std::uint64_t last = pipeline.batches_per_epoch() - 2;
    const auto loader = run_serial(pipeline, {.seed = 7, .epoch = 1'000'000, .batch = last});
    ASSERT_EQ(loader->next()->count, 10U);
    // Each sample of the batch once by each of the two ways to ask.
    EXPECT_LE(real->calls() + pool->calls(), 2U * 10);
  }
}

}  // namespace
}  // namespace inflow
