#include "inflow/pipeline/balance.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "inflow/pipeline/mixed.hpp"
#include "support/numbered_source.hpp"

namespace inflow {
namespace {

std::shared_ptr<const Source> numbered(std::uint64_t size) {
  return std::make_shared<support::NumberedSource>(size);
}

Pipeline pipeline_of(std::vector<MixedPart> parts, int batch = 512) {
  return {.seed = 7,
          .source = mixed_of(std::move(parts)),
          .views = {},
          .policy = {},
          .ops = {},
          .batch = {.size = batch}};
}

// The table of AdaInf's settings: 100,000 steps of 512 samples each.
struct Setting {
  const char* name;
  std::uint64_t real;
  std::uint64_t generated;
  int copies;
  std::uint64_t length;
  double beta;  // in percent
  double seen_real;
  double seen_generated;
};

class SettingsOfThePaper : public testing::TestWithParam<Setting> {};

TEST_P(SettingsOfThePaper, ComeToWhatItsTableSays) {
  const Setting& setting = GetParam();
  const Pipeline pipeline =
      pipeline_of({{.source = numbered(setting.real), .copies = setting.copies},
                   {.source = numbered(setting.generated)}});
  const auto balance = balance_of(*pipeline.source, 0);
  ASSERT_TRUE(balance);
  EXPECT_EQ(balance->real, setting.real);
  EXPECT_EQ(balance->generated, setting.generated);
  EXPECT_EQ(balance->length, setting.length);
  EXPECT_NEAR(100 * balance->beta, setting.beta, 0.05);
  EXPECT_NEAR(balance->copies, setting.copies, 1e-9);
  const auto seen = times_seen(pipeline, 100'000);
  ASSERT_TRUE(seen);
  EXPECT_NEAR(seen->real, setting.seen_real, 0.01 * setting.seen_real);
  EXPECT_NEAR(seen->generated, setting.seen_generated, 0.01 * setting.seen_generated);
  EXPECT_NEAR(seen->real / seen->generated, setting.copies, 1e-9);
}

INSTANTIATE_TEST_SUITE_P(
    Table, SettingsOfThePaper,
    testing::Values(Setting{"vanilla", 50'000, 1'000'000, 1, 1'050'000, 4.76, 48.8, 48.8},
                    Setting{"adainf_cifar", 50'000, 1'000'000, 10, 1'500'000, 33.3, 341, 34.1},
                    Setting{"scarce_vanilla", 5'000, 500'000, 1, 505'000, 0.99, 101, 101},
                    Setting{"scarce_adainf", 5'000, 500'000, 10, 550'000, 9.1, 931, 93},
                    Setting{"tiny_adainf", 100'000, 1'000'000, 10, 2'000'000, 50, 256, 25.6}),
    [](const auto& test) { return test.param.name; });

TEST(Balance, IsTheSameByCopiesAndByAShare) {
  const auto by_copies = balance_of(
      *mixed_of({{.source = numbered(50'000), .copies = 10}, {.source = numbered(1'000'000)}}), 0);
  const auto by_share = balance_of(
      *mixed_of({{.source = numbered(50'000), .share = 1.0 / 3}, {.source = numbered(1'000'000)}}),
      0);
  EXPECT_EQ(by_share, by_copies);
}

TEST(Balance, CountsAllRealPartsAndAllPools) {
  const auto balance = balance_of(*mixed_of({{.source = numbered(30), .copies = 2},
                                             {.source = numbered(10), .copies = 2},
                                             {.source = numbered(100)},
                                             {.source = numbered(20)}},
                                            MixedMode::exact, 2),
                                  5);
  ASSERT_TRUE(balance);
  EXPECT_EQ(balance->real, 40U);
  EXPECT_EQ(balance->generated, 120U);
  EXPECT_EQ(balance->length, 200U);
  EXPECT_EQ(balance->beta, 0.4);
  EXPECT_NEAR(balance->copies, 2, 1e-12);
}

TEST(Balance, IsOnlyOfRealAndGeneratedSamples) {
  EXPECT_FALSE(balance_of(*numbered(4), 0));
  EXPECT_FALSE(balance_of(*mixed_of({{.source = numbered(4), .copies = 2}}), 0));
  EXPECT_FALSE(times_seen(pipeline_of({{.source = numbered(600)}}), 3));
}

TEST(Balance, FollowsAShareThatChanges) {
  // An epoch has 100 samples: 50 generated ones at first, none from epoch 5 on.
  const Pipeline pipeline =
      pipeline_of({{.source = numbered(50)},
                   {.source = numbered(200), .share = 0.5, .last_share = 0, .share_epochs = 5}},
                  20);
  for (std::uint32_t epoch = 0; epoch < 8; ++epoch) {
    const auto balance = balance_of(*pipeline.source, epoch);
    EXPECT_NEAR(balance->beta, epoch < 5 ? 0.5 + 0.1 * epoch : 1, 1e-12);
    EXPECT_EQ(balance->length, 100U);
  }
  EXPECT_EQ(balance_of(*pipeline.source, 5)->copies, std::numeric_limits<double>::infinity());
  const auto seen = times_seen(pipeline, 7 * 5);
  EXPECT_NEAR(seen->real, (50 + 60 + 70 + 80 + 90 + 2 * 100) / 50.0, 1e-9);
  EXPECT_NEAR(seen->generated, (50 + 40 + 30 + 20 + 10) / 200.0, 1e-9);
}

TEST(Balance, CountsTheSamplesOfPartialBatches) {
  Pipeline pipeline = pipeline_of({{.source = numbered(50)}, {.source = numbered(60)}}, 100);
  pipeline.batch.last = LastBatch::partial;
  EXPECT_NEAR(times_seen(pipeline, 2)->real, 1, 1e-12);
  pipeline.batch.last = LastBatch::drop;
  EXPECT_NEAR(times_seen(pipeline, 2)->real, 200.0 / 110, 1e-12);
}

}  // namespace
}  // namespace inflow
