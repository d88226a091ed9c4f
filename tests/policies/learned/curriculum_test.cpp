#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/policies/learned/madaug.hpp"
#include "policies/learned/constant_policy.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

struct Row {
  int epoch;
  double share;
  int images;  // of 128, with the floor of the published code
};

// Facts of the published code and its schedule, tanh computed by other means.
constexpr Row kTable[] = {{0, 0, 1},
                          {1, 0.0249947929, 4},
                          {5, 0.1243530018, 17},
                          {10, 0.2449186624, 32},
                          {20, 0.4621171573, 60},
                          {30, 0.6351489524, 82},
                          {40, 0.7615941560, 98},
                          {60, 0.9051482536, 117},
                          {80, 0.9640275801, 124},
                          {100, 0.9866142982, 127},
                          {105, 0.9895597486, 127},
                          {106, 0.9900663967, 128}};

MadaugOptions published() {
  MadaugOptions options;
  options.curriculum = Curriculum::prefix;
  options.floor = 0.01;
  options.fractional_epochs = false;
  return options;
}

MadaugPolicy policy(const MadaugOptions& options) {
  return {0, options, catalog(), support::no_features(),
          support::constant_net(std::vector<float>(17, 0.5F), std::vector<float>(17, 0))};
}

// Which of the views got ops.
std::vector<bool> taken(const MadaugOptions& options, std::size_t count, int epoch) {
  std::vector<bool> all;
  for (const Plan& plan :
       support::plans_of(policy(options), count, static_cast<std::uint32_t>(epoch)))
    all.push_back(plan.count > 0);
  return all;
}

TEST(MadaugCurriculum, SharesAreThoseOfThePaperAndOfItsCode) {
  double before = -1;
  for (const Row& row : kTable) {
    EXPECT_NEAR(share_at({}, row.epoch), row.share, 1e-6) << row.epoch;
    EXPECT_NEAR(share_at(published(), row.epoch), std::min(row.share + 0.01, 1.0), 1e-6);
    EXPECT_GT(share_at({}, row.epoch), before);
    before = share_at({}, row.epoch);
  }
  EXPECT_EQ(share_at({}, 0), 0);
  EXPECT_LT(share_at(published(), 105), 1);
  EXPECT_EQ(share_at(published(), 106), 1);
}

TEST(MadaugCurriculum, PrefixTakesSoManyOfTheFirstRows) {
  for (const Row& row : kTable) {
    std::vector<bool> expected(128, false);
    std::fill_n(expected.begin(), row.images, true);
    EXPECT_EQ(taken(published(), 128, row.epoch), expected) << row.epoch;
  }
}

TEST(MadaugCurriculum, PrefixCountsRowsOfTheBatchOfAllRanks) {
  const MadaugPolicy chooser = policy(published());
  const std::vector<ViewKey> keys(2, {.epoch = 1});
  const std::vector<Image> bases(2, Image(1, 1, cv::Vec3b(1, 2, 3)));
  const std::vector<std::uint64_t> rows{3, 4};
  std::vector<Plan> plans(2);
  Group group{.keys = keys, .origins = {}, .bases = bases, .rows = rows, .batch_rows = 128};
  chooser.choose(group, plans);
  EXPECT_GT(plans[0].count, 0);
  EXPECT_EQ(plans[1].count, 0);
  group.rows = {};
  EXPECT_EQ(support::message_of<UsageError>([&] { chooser.choose(group, plans); }),
            "the policy madaug needs the row of every view: expected 2, found 0");
}

TEST(MadaugCurriculum, BernoulliTakesEachViewWithThatProbability) {
  constexpr std::size_t kCount = 4000;
  for (const int epoch : {0, 1, 10, 40, 100}) {
    const double share = share_at({}, epoch);
    const std::vector<bool> all = taken({}, kCount, epoch);
    const auto found = static_cast<double>(std::count(all.begin(), all.end(), true)) / kCount;
    EXPECT_NEAR(found, share, 3 * std::sqrt(share * (1 - share) / kCount)) << epoch;
  }
}

TEST(MadaugCurriculum, BernoulliDoesNotKnowTheOrderOrTheCompany) {
  const std::vector<bool> all = taken({}, 200, 20);
  const std::vector<bool> fewer = taken({}, 50, 20);
  EXPECT_TRUE(std::equal(fewer.begin(), fewer.end(), all.begin()));
}

TEST(MadaugCurriculum, GrowsWithinAnEpochIfTold) {
  const std::vector<ViewKey> keys(1, {.epoch = 0});
  const std::vector<Image> bases(1, Image(1, 1, cv::Vec3b(1, 2, 3)));
  MadaugOptions options;
  options.tau = 1e-9;  // all or nothing
  const auto count_at = [&](std::uint64_t batch, std::uint64_t batches) {
    std::vector<Plan> plans(1);
    policy(options).choose(
        {.keys = keys, .origins = {}, .bases = bases, .batch = batch, .batches = batches}, plans);
    return plans[0].count;
  };
  EXPECT_EQ(count_at(0, 10), 0);
  EXPECT_GT(count_at(1, 10), 0);
  EXPECT_EQ(count_at(1, 0), 0);  // where the length of an epoch is unknown
  options.fractional_epochs = false;
  EXPECT_EQ(count_at(1, 10), 0);
}

TEST(MadaugCurriculum, UpdatesHappenEverySoManyStepsAfterTheFirstEpochs) {
  MadaugOptions options;
  options.every = 3;
  options.wait_epochs = 1;
  EXPECT_FALSE(updates_at(options, 0, 3));
  EXPECT_TRUE(updates_at(options, 1, 3));
  EXPECT_FALSE(updates_at(options, 1, 4));
  options.wait_epochs = 0;
  EXPECT_TRUE(updates_at(options, 0, 0));
}

}  // namespace
}  // namespace inflow
