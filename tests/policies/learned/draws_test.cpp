#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/policies/learned/madaug.hpp"
#include "policies/learned/constant_policy.hpp"
#include "support/message.hpp"
#include "support/statistics.hpp"

namespace inflow {
namespace {

std::vector<float> some_logits() {
  std::vector<float> logits;
  for (int op = 0; op < 17; ++op) logits.push_back(0.3F * static_cast<float>(op % 7) - 1);
  return logits;
}

MadaugPolicy policy(const MadaugOptions& options, float level, const std::vector<float>& logits) {
  return {1, options, catalog(), support::no_features(),
          support::constant_net(std::vector<float>(17, level), logits)};
}

std::vector<double> softmax(const std::vector<float>& logits, double temperature) {
  std::vector<double> shares;
  for (const float logit : logits)
    shares.push_back(std::exp(static_cast<double>(logit) / temperature));
  const double total = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share /= total;
  return shares;
}

double chi_square(const std::vector<int>& observed, const std::vector<double>& shares) {
  const int count = std::accumulate(observed.begin(), observed.end(), 0);
  double sum = 0;
  for (std::size_t at = 0; at < observed.size(); ++at) {
    const double expected = shares[at] * count;
    sum += (observed[at] - expected) * (observed[at] - expected) / expected;
  }
  return sum;
}

TEST(Madaug, ChoosesSoManyDistinctOps) {
  for (const int ops_per_view : {1, 2, 5, 8}) {
    MadaugOptions options = support::always();
    options.ops_per_view = ops_per_view;
    for (const Plan& plan : support::plans_of(policy(options, 0.5F, some_logits()), 300)) {
      std::set<std::uint16_t> ops;
      for (const Step& step : plan.chosen()) ops.insert(step.op);
      EXPECT_EQ(ops.size(), static_cast<std::size_t>(ops_per_view));
      EXPECT_EQ(what_is_wrong(plan, catalog()), "");
    }
  }
}

TEST(Madaug, ChoosesDistinctOpsEvenWhereOneHasAllOfTheProbability) {
  std::vector<float> logits(17, -1000);
  logits[4] = 1000;
  MadaugOptions options = support::always();
  options.temperature = 0.1;
  for (const Plan& plan : support::plans_of(policy(options, 0.5F, logits), 50)) {
    EXPECT_EQ(plan.steps[0].op, 4);
    EXPECT_NE(plan.steps[1].op, 4);
  }
}

TEST(Madaug, ChoosesSingleOpsByTheSoftmaxOfTheLogitsOverTheTemperature) {
  for (const double temperature : {1.0, 3.0}) {
    MadaugOptions options = support::always();
    options.ops_per_view = 1;
    options.temperature = temperature;
    std::vector<int> observed(17, 0);
    for (const Plan& plan : support::plans_of(policy(options, 0.5F, some_logits()), 20000))
      ++observed[plan.steps[0].op];
    EXPECT_LT(chi_square(observed, softmax(some_logits(), temperature)),
              support::chi_square_limit(16));
  }
}

TEST(Madaug, ChoosesTheSecondOpByWhatTheFirstLeaves) {
  MadaugOptions options = support::always();
  options.temperature = 1;
  const std::vector<double> shares = softmax(some_logits(), 1);
  std::vector<double> pairs;
  std::vector<int> observed(17 * 17, 0);
  for (std::size_t first = 0; first < 17; ++first) {
    for (std::size_t second = 0; second < 17; ++second) {
      pairs.push_back(first == second ? 0 : shares[first] * shares[second] / (1 - shares[first]));
    }
  }
  for (const Plan& plan : support::plans_of(policy(options, 0.5F, some_logits()), 40000))
    ++observed[std::size_t{plan.steps[0].op} * 17 + plan.steps[1].op];
  std::vector<int> seen;
  std::vector<double> possible;
  for (std::size_t at = 0; at < pairs.size(); ++at) {
    if (pairs[at] == 0) {
      EXPECT_EQ(observed[at], 0);
      continue;
    }
    seen.push_back(observed[at]);
    possible.push_back(pairs[at]);
  }
  EXPECT_LT(chi_square(seen, possible), support::chi_square_limit(17 * 16 - 1));
}

// The ops of a view in plain steps: the shares of those that are left, anew for each choice.
std::vector<std::uint16_t> chosen_plainly(std::vector<float> logits, double temperature, int count,
                                          const ViewKey& key) {
  std::vector<std::uint16_t> ops;
  for (int position = 0; position < count; ++position) {
    const double most = std::ranges::max(logits);
    std::vector<double> shares;
    for (const float logit : logits)
      shares.push_back(std::exp((static_cast<double>(logit) - most) / temperature));
    Rng rng(key, Stream::plan, static_cast<std::uint8_t>(position));
    double rest = rng.uniform(0, 1) * std::accumulate(shares.begin(), shares.end(), 0.0);
    std::size_t op = 0;
    while (rest >= shares[op]) rest -= shares[op++];
    logits[op] = -std::numeric_limits<float>::infinity();
    ops.push_back(static_cast<std::uint16_t>(op));
  }
  return ops;
}

TEST(Madaug, ChoosesTheOpsThatPlainStepsChoose) {
  MadaugOptions options = support::always();
  options.ops_per_view = 8;
  // The eighth op has of the first choice a share of 0, of 1e-310, a small one, about as much as
  // all.
  for (const double temperature : {1e-3, 1.26e-3, 0.1, 30.0}) {
    options.temperature = temperature;
    const std::vector<Plan> plans = support::plans_of(policy(options, 0.5F, some_logits()), 2000);
    for (std::uint64_t index = 0; index < plans.size(); ++index) {
      std::vector<std::uint16_t> ops;
      for (const Step& step : plans[index].chosen()) ops.push_back(step.op);
      ASSERT_EQ(ops, chosen_plainly(some_logits(), temperature, 8, {.seed = 1, .index = index}));
    }
  }
}

// All probability on one op that tells its level: solarize, 256 times the level.
std::vector<float> only(const char* op) {
  std::vector<float> logits(17, -100);
  logits[op_number(catalog(), op)] = 100;
  return logits;
}

TEST(Madaug, MovesLevelsUniformlyAndKeepsThemWithinTheRange) {
  MadaugOptions options = support::always();
  options.ops_per_view = 1;
  options.jitter = 0.3;
  options.temperature = 1;
  constexpr float kLevel = 0.2F;
  constexpr int kCount = 20000;
  std::vector<double> levels;
  for (const Plan& plan : support::plans_of(policy(options, kLevel, only("solarize")), kCount))
    levels.push_back(static_cast<double>(plan.steps[0].magnitude) / 256);
  std::ranges::sort(levels);
  // max(0, U(-0.1, 0.5)): a sixth of all at 0, the rest uniform. Kolmogorov's bound of 1 in 1000.
  double farthest = 0;
  for (int at = 0; at < kCount; ++at) {
    const double level = levels[static_cast<std::size_t>(at)];
    if (level == 0) continue;
    const double cdf = (level + 0.1) / 0.6;
    farthest = std::max(farthest, std::fabs(cdf - (at + 0.5) / kCount));
  }
  EXPECT_LT(farthest, 1.95 / std::sqrt(kCount));
  EXPECT_EQ(levels.front(), 0);
  EXPECT_LE(levels.back(), 0.5 + 1e-6);
  const auto zeros = std::ranges::count(levels, 0.0);
  EXPECT_NEAR(static_cast<double>(zeros) / kCount, 1.0 / 6, support::share_error(1.0 / 6, kCount));
}

TEST(Madaug, DrawsEitherSignOfAnOpThatHasTwo) {
  MadaugOptions options = support::always();
  options.ops_per_view = 1;
  options.jitter = 0;
  options.temperature = 1;
  int negative = 0;
  constexpr int kCount = 4000;
  for (const Plan& plan : support::plans_of(policy(options, 0.9F, only("rotate")), kCount)) {
    EXPECT_NEAR(std::fabs(plan.steps[0].magnitude), 24, 1e-4);
    negative += plan.steps[0].magnitude < 0 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(negative) / kCount, 0.5, 0.03);
  for (const Plan& plan : support::plans_of(policy(options, 0.9F, only("contrast")), 200))
    EXPECT_GT(plan.steps[0].magnitude, 0);
}

TEST(Madaug, RefusesMoreOpsThanThereAreAndANetForOthers) {
  MadaugOptions options;
  options.ops_per_view = 3;
  const auto few = catalog().first(2);
  const auto net = support::constant_net({0.5F, 0.5F}, {0, 0});
  EXPECT_EQ(support::message_of<UsageError>(
                [&] { MadaugPolicy(0, options, few, support::no_features(), net); }),
            "policy madaug:\n  ops_per_view: must be at most the number of ops, 2: 3");
  EXPECT_EQ(support::message_of<UsageError>(
                [&] { MadaugPolicy(0, options, catalog(), support::no_features(), net); }),
            "the policy net is for other ops: expected 17, found 2");
}

TEST(Madaug, RefusesAGroupWithoutBases) {
  const MadaugPolicy chooser = policy(support::always(), 0.5F, some_logits());
  const std::vector<ViewKey> keys(3);
  std::vector<Plan> plans(3);
  EXPECT_EQ(support::message_of<UsageError>(
                [&] { chooser.choose({.keys = keys, .origins = {}, .bases = {}}, plans); }),
            "the policy madaug needs the base of every view: expected 3, found 0");
}

}  // namespace
}  // namespace inflow
