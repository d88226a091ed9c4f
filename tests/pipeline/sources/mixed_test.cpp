#include "inflow/pipeline/mixed.hpp"

#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/pipeline/selection.hpp"
#include "pipeline/sources/mixed_epochs.hpp"
#include "support/flow_graph_test.hpp"
#include "support/message.hpp"
#include "support/small_pipeline.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"
#include "support/usual_graph.hpp"

namespace inflow {
namespace {

using nlohmann::json;
using support::count_of;
using support::epoch_of;
using support::numbered;
using support::NumberedSource;
using support::pipeline_of;
using support::times_in_epoch;
using testing::ElementsAre;

TEST(Mixed, LaysThePartsOneAfterAnotherWithTheirCopies) {
  const auto mixed = mixed_of({{.source = numbered(3), .copies = 2}, {.source = numbered(2)}});
  ASSERT_EQ(mixed->size(), 8U);
  std::vector<std::uint64_t> numbers;
  std::vector<Origin> origins;
  for (std::uint64_t index = 0; index < 8; ++index) {
    Sample sample;
    ASSERT_EQ(mixed->at(index, sample).fault, Fault::none);
    numbers.push_back(support::number_of(sample.image));
    origins.push_back(mixed->about(index).origin);
  }
  EXPECT_THAT(numbers, ElementsAre(0, 1, 2, 0, 1, 2, 0, 1));
  EXPECT_THAT(origins, ElementsAre(0, 0, 0, 0, 0, 0, 1, 1));
}

TEST(Mixed, CopiesShareAnIdentityAndPartsDoNot) {
  const auto mixed = mixed_of({{.source = numbered(3), .copies = 2}, {.source = numbered(2)}});
  std::vector<std::uint64_t> identities;
  for (std::uint64_t index = 0; index < mixed->size(); ++index)
    identities.push_back(mixed->about(index).identity);
  EXPECT_THAT(identities, ElementsAre(0, 2, 4, 0, 2, 4, 1, 3));
}

TEST(Mixed, KeepsLabelsAndTheClassesOfThosePartsThatHaveAny) {
  const auto mixed = mixed_of({{.source = numbered(2)}, {.source = numbered(3, {"cat", "dog"})}});
  EXPECT_THAT(mixed->classes(), ElementsAre("cat", "dog"));
  EXPECT_EQ(mixed->about(1).label, -1);
  EXPECT_EQ(mixed->about(2).label, 0);
  EXPECT_EQ(mixed->about(3).label, 1);
}

TEST(Mixed, MayBePartOfAMixAndOfASubsetWhileItHasNoOrderOfItsOwn) {
  const auto inner = mixed_of({{.source = numbered(2), .copies = 2}, {.source = numbered(3)}});
  ASSERT_EQ(inner->order(), nullptr);
  EXPECT_EQ(subset_of(inner, {0, 6})->about(1).origin, 1);
  const auto outer = mixed_of({{.source = inner}, {.source = numbered(1)}});
  std::set<std::uint64_t> identities;
  for (std::uint64_t index = 0; index < outer->size(); ++index)
    identities.insert(outer->about(index).identity);
  EXPECT_EQ(identities.size(), 6U);
}

TEST(MixedByCopies, ShufflesEveryCopyOnceAsOneSource) {
  const Pipeline pipeline =
      pipeline_of(mixed_of({{.source = numbered(5), .copies = 10}, {.source = numbered(30)}}));
  const Pipeline plain = pipeline_of(numbered(80));
  EXPECT_EQ(epoch_of(pipeline, 3), epoch_of(plain, 3));
  for (const auto& [sample, times] : times_in_epoch(pipeline, 0))
    EXPECT_EQ(times, sample.first == 0 ? 10 : 1);
}

TEST(MixedByCopies, IsExactInEveryBatchOfModeExact) {
  const Pipeline pipeline = pipeline_of(mixed_of(
      {{.source = numbered(10), .copies = 10}, {.source = numbered(200)}}, MixedMode::exact));
  ASSERT_EQ(pipeline.samples_per_epoch(), 300U);
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    for (std::uint64_t batch = 0; batch < 10; ++batch)
      EXPECT_EQ(count_of(pipeline, 0, epoch, 30 * batch, 30 * batch + 30), 10U);
    for (const auto& [sample, times] : times_in_epoch(pipeline, epoch))
      EXPECT_EQ(times, sample.first == 0 ? 10 : 1);
  }
}

class EveryMode : public testing::TestWithParam<MixedMode> {
 protected:
  // A third of each epoch is real, a sixth of the second pool.
  Pipeline pipeline_ = pipeline_of(mixed_of({{.source = numbered(40), .share = 1.0 / 3},
                                             {.source = numbered(300)},
                                             {.source = numbered(1000), .share = 1.0 / 6}},
                                            GetParam()));
};

TEST_P(EveryMode, HasAnEpochAsLongAsPartsWithCopiesMakeIt) {
  EXPECT_EQ(pipeline_.samples_per_epoch(), 600U);
}

TEST_P(EveryMode, GivesNoIndexTwiceInAnEpoch) { support::expect_no_index_twice(pipeline_, 3); }

TEST_P(EveryMode, IsAFunctionOfSeedEpochAndOrdinal) {
  const auto first = epoch_of(pipeline_, 1);
  EXPECT_EQ(epoch_of(pipeline_, 1), first);
  EXPECT_NE(epoch_of(pipeline_, 2), first);
  pipeline_.seed = 8;
  EXPECT_NE(epoch_of(pipeline_, 1), first);
}

// Whoever takes the batches, in whichever order, takes the same epoch.
TEST_P(EveryMode, IsTheUnionOfItsShards) {
  const auto whole = epoch_of(pipeline_, 1);
  constexpr std::uint64_t kShards = 7;
  std::vector<std::uint64_t> together(whole.size());
  std::uint64_t taken = 0;
  for (std::uint64_t shard = kShards; shard-- > 0;) {
    for (std::uint64_t ordinal = shard; ordinal < whole.size(); ordinal += kShards, ++taken)
      together[ordinal] = pipeline_.index_at(1, ordinal);
  }
  EXPECT_EQ(taken, whole.size());
  EXPECT_EQ(together, whole);
}

TEST_P(EveryMode, IsDividedAmongRanksWithoutGapOrOverlap) {
  for (const int count : {2, 3, 6}) {
    pipeline_.batch = {.size = 90};
    pipeline_.ranks = {.count = count};
    for (std::uint64_t number = 0; number < pipeline_.batches_per_epoch(); ++number) {
      for (pipeline_.ranks.rank = 0; pipeline_.ranks.rank < count; ++pipeline_.ranks.rank)
        ASSERT_EQ(pipeline_.samples_of(number), 90U / static_cast<unsigned>(count));
    }
    pipeline_.ranks = {};
    auto whole = epoch_of(pipeline_, 1);
    whole.resize(540);
    EXPECT_EQ(support::epoch_of_ranks(pipeline_, 1, count), whole);
  }
}

TEST_P(EveryMode, HasItsSharesInARun) {
  constexpr std::uint64_t kDraws = 300;
  for (const auto& [origin, share] :
       std::map<Origin, double>{{0, 1.0 / 3}, {1, 0.5}, {2, 1.0 / 6}}) {
    const auto found = static_cast<double>(count_of(pipeline_, origin, 4, 150, 150 + kDraws));
    EXPECT_NEAR(found, kDraws * share, 3 * std::sqrt(kDraws * share * (1 - share)));
  }
}

TEST_P(EveryMode, GivesEachSampleOfAPartTheSameRight) {
  std::map<std::pair<Origin, std::uint64_t>, int> times;
  constexpr int kEpochs = 60;
  for (std::uint64_t epoch = 0; epoch < kEpochs; ++epoch) {
    for (const auto& [sample, count] : times_in_epoch(pipeline_, epoch)) times[sample] += count;
  }
  const std::map<Origin, double> rights{{0, 200.0 / 40}, {1, 1}, {2, 100.0 / 1000}};
  for (const auto& [origin, right] : rights) {
    std::uint64_t seen = 0;
    for (const auto& [sample, count] : times) {
      if (sample.first != origin) continue;
      ++seen;
      // Five standard deviations of a draw with replacement, the widest of the three.
      EXPECT_NEAR(count, kEpochs * right, 5 * std::sqrt(kEpochs * right));
    }
    EXPECT_GE(seen, origin == 2 ? 990U : pipeline_.source->about(0).origin + 40U);
  }
}

TEST_P(EveryMode, GivesTheSameBatchesInTheFlowGraphAndAfterAResumption) {
  Pipeline pipeline = support::small_pipeline(pipeline_.source);
  pipeline.epochs = 1;
  const auto serial = support::digests_of(*run_serial(pipeline));
  ASSERT_EQ(serial.size(), 60U);
  const auto rest = run_serial(pipeline, {.seed = pipeline.seed, .batch = 59});
  EXPECT_EQ(support::digests_of(*rest), std::vector(1, serial.back()));
  if (!support::flow_graph_can_be_tested()) GTEST_SKIP();
  EXPECT_EQ(support::digests_of(*run_parallel(pipeline, {.threads = 2, .group = 4})), serial);
}

INSTANTIATE_TEST_SUITE_P(Modes, EveryMode,
                         testing::Values(MixedMode::shuffle, MixedMode::bernoulli,
                                         MixedMode::exact),
                         [](const auto& test) {
                           return std::string(kMixedModes[static_cast<std::size_t>(test.param)]);
                         });

// A part of more samples than it has, but not a whole number of times as many.
TEST(MixedByShares, GiveNoSampleMoreThanOnceMoreThanAnother) {
  for (const MixedMode mode : {MixedMode::shuffle, MixedMode::exact}) {
    const Pipeline pipeline = pipeline_of(
        mixed_of({{.source = numbered(8), .share = 0.4}, {.source = numbered(30)}}, mode));
    std::map<std::uint64_t, int> once_more;
    for (std::uint64_t epoch = 0; epoch < 200; ++epoch) {
      std::uint64_t drawn = 0;
      for (const auto& [sample, times] : times_in_epoch(pipeline, epoch)) {
        if (sample.first == 1) continue;
        EXPECT_TRUE(times == 2 || times == 3) << times;
        once_more[sample.second] += times - 2;
        drawn += static_cast<std::uint64_t>(times);
      }
      EXPECT_EQ(drawn, 20U);
    }
    // Half of the samples in each epoch, 5 standard deviations.
    for (const auto& [sample, times] : once_more) EXPECT_NEAR(times, 100, 36) << sample;
  }
}

TEST(MixedByShares, ShuffleDrawsAnewWhichSamplesOfALargePoolComeInAnEpoch) {
  const Pipeline pipeline =
      pipeline_of(mixed_of({{.source = numbered(50)}, {.source = numbered(1000), .share = 0.5}}));
  std::set<std::uint64_t> seen;
  for (std::uint64_t epoch = 0; epoch < 10; ++epoch) {
    std::uint64_t drawn = 0;
    for (const auto& [sample, times] : times_in_epoch(pipeline, epoch)) {
      EXPECT_EQ(times, 1);
      if (sample.first == 1) seen.insert(sample.second);
      drawn += sample.first;
    }
    EXPECT_EQ(drawn, 50U);
  }
  EXPECT_GT(seen.size(), 350U);  // 401 expected of ten draws of 50
}

TEST(MixedByShares, ExactKeepsEveryPartNearItsShareAtEveryPlace) {
  const std::vector<double> shares{0.37, 0.05, 0.13, 0.45};
  const Pipeline pipeline = pipeline_of(mixed_of({{.source = numbered(9), .share = 0.37},
                                                  {.source = numbered(9), .share = 0.05},
                                                  {.source = numbered(9), .share = 0.13},
                                                  {.source = numbered(900)}},
                                                 MixedMode::exact));
  ASSERT_EQ(pipeline.samples_per_epoch(), 2000U);
  std::array<double, 4> counts{};
  for (std::uint64_t ordinal = 0; ordinal < 2000; ++ordinal) {
    ++counts[pipeline.source->about(pipeline.index_at(0, ordinal)).origin];
    for (std::size_t part = 0; part < 4; ++part) {
      const double right = shares[part] * static_cast<double>(ordinal + 1);
      ASSERT_LT(std::abs(counts[part] - right), part == 0 ? 1 : 2) << ordinal << " " << part;
    }
  }
  EXPECT_THAT(counts, ElementsAre(740, 100, 260, 900));
}

// The mix of the paper's CIFAR runs: 50,000 real samples ten times, a million generated ones.
class MixOfThePaper : public testing::TestWithParam<MixedMode> {
 protected:
  Pipeline pipeline_ = pipeline_of(mixed_of(
      {{.source = numbered(50'000), .copies = 10}, {.source = numbered(1'000'000)}}, GetParam()));
};

TEST_P(MixOfThePaper, HasOneThirdOfRealSamplesInARun) {
  constexpr std::uint64_t kDraws = 60'000;
  ASSERT_EQ(pipeline_.samples_per_epoch(), 1'500'000U);
  const auto real = static_cast<double>(count_of(pipeline_, 0, 5, 700'000, 700'000 + kDraws));
  if (GetParam() == MixedMode::exact) {
    EXPECT_EQ(real, kDraws / 3.0);
  } else {
    EXPECT_NEAR(real, kDraws / 3.0, 3 * std::sqrt(kDraws * 2.0 / 9));
  }
}

TEST_P(MixOfThePaper, ResumesAtTheLastPlaceOfALateEpoch) {
  const std::uint64_t last = pipeline_.samples_per_epoch() - 1;
  EXPECT_LT(pipeline_.index_at(1'000'000, last), pipeline_.source->size());
}

INSTANTIATE_TEST_SUITE_P(Modes, MixOfThePaper,
                         testing::Values(MixedMode::shuffle, MixedMode::bernoulli,
                                         MixedMode::exact),
                         [](const auto& test) {
                           return std::string(kMixedModes[static_cast<std::size_t>(test.param)]);
                         });

TEST(MixedMessages, ArePreciseAboutParts) {
  const auto refusal = [](std::vector<MixedPart> parts) {
    return support::message_of<UsageError>([&] { mixed_of(std::move(parts)); });
  };
  EXPECT_EQ(refusal({}), "mixed source has no parts");
  EXPECT_EQ(refusal(std::vector<MixedPart>(65'536)),
            "mixed source has more than 65535 parts: 65536");
  EXPECT_EQ(support::message_of<UsageError>(
                [] { mixed_of({{.source = numbered(1)}}, MixedMode::shuffle, 2); }),
            "mixed source has fewer parts than are to be real: 1 of 2");
  EXPECT_EQ(refusal({{.source = numbered(1)}, {.source = nullptr}}),
            "mixed source lacks a source: parts[1]");
  EXPECT_EQ(refusal({{.source = numbered(1)}, {.source = numbered(0)}}),
            "part of a mixed source is empty: parts[1]");
  EXPECT_EQ(refusal({{.source = numbered(1), .copies = 0}}),
            "copies of a part must be positive: parts[0] has 0");
  EXPECT_EQ(refusal({{.source = numbered(1)}, {.source = numbered(1), .share = 1}}),
            "share of a part must lie in [0, 1): parts[1] has 1.000000");
  EXPECT_EQ(refusal({{.source = numbered(1)},
                     {.source = numbered(1), .share = 0.5, .last_share = -0.1, .share_epochs = 2}}),
            "share of a part must lie in [0, 1): parts[1] has -0.100000");
  EXPECT_EQ(refusal({{.source = numbered(1)}, {.source = numbered(1), .last_share = 0.5}}),
            "share of a part cannot change in no epochs: parts[1] has a last_share but no "
            "share_epochs");
  EXPECT_EQ(refusal({{.source = numbered(1)}, {.source = numbered(1), .share_epochs = -1}}),
            "share_epochs of a part must not be negative: parts[1] has -1");
  EXPECT_EQ(refusal({{.source = numbered(10)},
                     {.source = numbered(5), .share = 0.4, .last_share = 0.5, .share_epochs = 9},
                     {.source = numbered(5), .share = 0.1, .last_share = 0.5, .share_epochs = 3}}),
            "shares of a mixed source must add up to less than 1: 1.000000 in epoch 9");
  EXPECT_EQ(refusal({{.source = numbered(10)},
                     {.source = numbered(5), .share = 0.5, .last_share = 0.95, .share_epochs = 9}}),
            "shares of a mixed source leave next to nothing to the parts by copies in epoch 9: 20 "
            "samples an epoch are too few");
  EXPECT_EQ(
      refusal({{.source = numbered(1)}, {.source = numbered(1), .copies = 2, .share = 0.5}}),
      "a part has copies or a share, not both: parts[1] has 2 copies and a share of 0.500000");
  EXPECT_EQ(refusal({{.source = numbered(1), .share = 0.5}}),
            "mixed source needs a part without a share: its copies say how long an epoch is");
  EXPECT_EQ(refusal({{.source = numbered(1), .share = 0.5},
                     {.source = numbered(1)},
                     {.source = numbered(1), .share = 0.5}}),
            "shares of a mixed source must add up to less than 1: 1.000000");
  EXPECT_EQ(refusal({{.source = numbered(10)}, {.source = numbered(5), .share = 0.01}}),
            "share of a part is less than one of the samples of an epoch: parts[1] has 0.010000 of "
            "10");
  EXPECT_EQ(refusal({{.source = numbered(9)},
                     {.source = numbered(std::uint64_t{1} << 48), .share = 0.5}}),
            "mixed source has more than 2^48 samples: 281474976710665");
  EXPECT_EQ(refusal({{.source = numbered(std::uint64_t{1} << 40), .copies = 1 << 20}}),
            "mixed source has more than 2^48 samples an epoch: 1152921504606846976");
  const auto by_shares = mixed_of({{.source = numbered(5), .share = 0.5}, {.source = numbered(5)}});
  EXPECT_EQ(refusal({{.source = numbered(1)}, {.source = by_shares}}),
            "part of a mixed source cannot have an order of its own: parts[1]");
  EXPECT_EQ(support::message_of<UsageError>([&] { subset_of(by_shares, {0}); }),
            "subset cannot be of a source with an order of its own: of");
}

TEST(MixedMessages, NameThePartsWhoseClassesDiffer) {
  const auto refusal = [](std::vector<std::string> one, std::vector<std::string> other) {
    return support::message_of<UsageError>([&] {
      mixed_of({{.source = numbered(1)},
                {.source = numbered(1, std::move(one))},
                {.source = numbered(1, std::move(other))}});
    });
  };
  EXPECT_EQ(refusal({"cat", "dog"}, {"cat", "dog", "hen"}),
            "classes of the parts of a mixed source differ: parts[1] has 2, parts[2] has 3");
  EXPECT_EQ(refusal({"cat", "dog"}, {"cat", "hen"}),
            "classes of the parts of a mixed source differ: label 1 is dog in parts[1], hen in "
            "parts[2]");
}

TEST(MixedMessages, NamePartsWithOtherPlanes) {
  const auto grey = std::make_shared<NumberedSource>(1, std::vector<std::string>{},
                                                     Spec{.channels = 1, .size = {}});
  EXPECT_EQ(support::message_of<UsageError>([&] {
              mixed_of({{.source = numbered(1)}, {.source = grey}});
            }),
            "parts of a mixed source have other planes: parts[0] and parts[1]");
}

TEST(MixedMessages, RefuseAnOrderOfTheSourceBesidesItsOwn) {
  support::UsualStages stages;
  stages.read.source =
      mixed_of({{.source = numbered(500)}, {.source = numbered(500), .share = 0.5}});
  EXPECT_TRUE(validate(support::usual_graph(stages)).empty());
  stages.order.shuffle = false;
  EXPECT_EQ(
      validate(support::usual_graph(stages)),
      (std::vector<Problem>{{"", "shuffle must be true for a source with an order of its own"}}));
}

class MixedSettings : public testing::Test {
 protected:
  MixedSettings() { support::write_file(directory_ / "images", support::tiny_idx_images(4, 2, 2)); }

  std::string refusal(const json& settings) {
    return support::message_of<UsageError>([&] { support::make_source(settings); });
  }

  // The first sample of each of two parts of four samples.
  static std::vector<Origin> origins(const Source& source) {
    return {source.about(0).origin, source.about(4).origin};
  }

  static std::vector<std::string> names(const Source& source) {
    return {source.name(0), source.name(4)};
  }

  support::TemporaryDirectory directory_;
  json idx_{{"type", "idx"}, {"images", directory_ / "images"}};
};

TEST_F(MixedSettings, ListThePartsWithCopiesAndShares) {
  json real = idx_;
  real["copies"] = 3;
  json pool = idx_;
  pool["share"] = 0.2;
  const auto mixed =
      support::make_source({{"type", "mixed"}, {"parts", {real, idx_, pool}}, {"mode", "exact"}});
  ASSERT_NE(mixed->order(), nullptr);
  EXPECT_EQ(mixed->order()->length(), 20U);
  EXPECT_EQ(mixed->size(), 20U);
  EXPECT_EQ(mixed->about(11).origin, 0);
  EXPECT_EQ(mixed->about(12).origin, 1);
  EXPECT_EQ(mixed->about(16).origin, 2);
}

TEST_F(MixedSettings, SayHowAShareChanges) {
  json pool = idx_;
  pool.update({{"share", 0.2}, {"last_share", 0.6}, {"share_epochs", 2}});
  json real = idx_;
  real["copies"] = 8;
  const auto mixed = support::make_source({{"type", "mixed"}, {"parts", {real, pool}}});
  EXPECT_EQ(mixed->order()->length(), 40U);
  for (const auto& [epoch, drawn] :
       std::map<std::uint32_t, std::uint64_t>{{0, 8}, {1, 16}, {2, 24}, {3, 24}}) {
    EXPECT_THAT(mixed->parts_of(epoch),
                ElementsAre(PartOfEpoch{0, 4, 40 - drawn}, PartOfEpoch{1, 4, drawn}));
  }
}

TEST_F(MixedSettings, SayHowManyPartsAreReal) {
  json settings{{"type", "mixed"}, {"parts", {idx_, idx_}}};
  EXPECT_THAT(origins(*support::make_source(settings)), ElementsAre(0, 1));
  EXPECT_THAT(names(*support::make_source(settings)), ElementsAre("real/0", "pool_1/0"));
  settings["real"] = 0;
  EXPECT_THAT(origins(*support::make_source(settings)), ElementsAre(1, 2));
  EXPECT_THAT(names(*support::make_source(settings)), ElementsAre("pool_1/0", "pool_2/0"));
  settings["real"] = 2;
  EXPECT_THAT(origins(*support::make_source(settings)), ElementsAre(0, 0));
  EXPECT_THAT(names(*support::make_source(settings)), ElementsAre("real_1/0", "real_2/0"));
}

TEST_F(MixedSettings, MayHaveManyParts) {
  const json settings{{"type", "mixed"}, {"parts", std::vector<json>(40, idx_)}};
  EXPECT_EQ(support::make_source(settings)->about(159).origin, 39);
}

TEST_F(MixedSettings, NameThePartOfAProblem) {
  json part = idx_;
  part["copies"] = 0;
  EXPECT_EQ(refusal({{"type", "mixed"}, {"parts", {idx_, part}}}),
            "source:\n  parts[1].copies: expected an integer in [1, 1048576], found: 0");
  part = idx_;
  part["share"] = 1.5;
  EXPECT_EQ(refusal({{"type", "mixed"}, {"parts", {idx_, part}}}),
            "source:\n  parts[1].share: expected a number in [0, 1], found: 1.5");
  EXPECT_EQ(refusal({{"type", "mixed"}}), "mixed source has no parts");
}

// Otherwise they would be read twice.
TEST(MixedSettingsOfParts, AreNoKeysOfASource) {
  for (const auto& entry : sources().entries()) {
    AnyOptions options = entry.defaults;
    for (const Option& option : options.describe())
      EXPECT_TRUE(option.name != "copies" && option.name != "share" &&
                  option.name != "last_share" && option.name != "share_epochs")
          << entry.name;
  }
}

}  // namespace
}  // namespace inflow
