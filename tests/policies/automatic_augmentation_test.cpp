// What rand_augment, trivial_augment_wide, auto_augment and aug_mix draw, and how often.

#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "policies/torchvision_steps.hpp"
#include "support/golden.hpp"
#include "support/message.hpp"
#include "support/plans.hpp"
#include "support/statistics.hpp"

namespace inflow {
namespace {

using Json = nlohmann::json;
using support::chi_square;
using support::chi_square_limit;
using support::plans_of;
using support::policy_of;

constexpr int kPlans = 40000;

// How often each value of `counts` was seen, for chi_square, which needs to know of none else.
template <class Key>
std::vector<int> values_of(const std::map<Key, int>& counts) {
  std::vector<int> values;
  for (const auto& [key, count] : counts) values.push_back(count);
  return values;
}

// Expects each of `kinds` keys equally often.
template <class Key>
void expect_equal(const std::map<Key, int>& counts, std::size_t kinds) {
  ASSERT_EQ(counts.size(), kinds);
  EXPECT_LT(chi_square(values_of(counts)), chi_square_limit(static_cast<int>(kinds) - 1));
}

// The signs of the changes that one op makes: {negative, positive}.
std::map<bool, int> signs_of(const std::vector<Plan>& plans, std::string_view op, float center) {
  std::map<bool, int> signs;
  for (const Plan& plan : plans) {
    for (const Step& step : plan.chosen()) {
      if (step.op == op_number(catalog(), op)) ++signs[step.magnitude > center];
    }
  }
  return signs;
}

const std::pair<std::string_view, float> kSigned[] = {
    {"shear_x", 0},    {"shear_y", 0}, {"translate_x", 0}, {"translate_y", 0}, {"rotate", 0},
    {"brightness", 1}, {"color", 1},   {"contrast", 1},    {"sharpness", 1}};

TEST(RandAugment, DrawsEveryPairOfOpsEquallyOften) {
  std::map<std::pair<int, int>, int> pairs;
  for (const Plan& plan : plans_of(*policy_of("rand_augment"), kPlans)) {
    ASSERT_EQ(plan.count, 2);
    ++pairs[{plan.steps[0].op, plan.steps[1].op}];
  }
  expect_equal(pairs, 14 * 14);
}

TEST(RandAugment, DrawsBothSignsEquallyOften) {
  const auto plans = plans_of(*policy_of("rand_augment"), kPlans);
  for (const auto& [op, center] : kSigned) expect_equal(signs_of(plans, op, center), 2);
}

TEST(RandAugment, KeepsItsFirstStepsWhenThereAreMore) {
  const auto few = plans_of(*policy_of("rand_augment"), 100);
  const auto more = plans_of(*policy_of("rand_augment", R"({"num_ops": 8})"), 100);
  for (std::size_t i = 0; i < few.size(); ++i) {
    EXPECT_EQ(few[i].steps[0], more[i].steps[0]);
    EXPECT_EQ(few[i].steps[1], more[i].steps[1]);
  }
}

TEST(RandAugment, RefusesAMagnitudePastTheLastBin) {
  EXPECT_EQ(support::message_of<UsageError>([] {
              policy_of("rand_augment", R"({"magnitude": 10, "num_magnitude_bins": 10})");
            }),
            "magnitude must be below num_magnitude_bins, 10: 10");
}

TEST(TrivialAugmentWide, DrawsEveryOpEquallyOften) {
  std::map<int, int> ops;
  for (const Plan& plan : plans_of(*policy_of("trivial_augment_wide"), kPlans)) {
    ASSERT_EQ(plan.count, 1);
    ++ops[plan.steps[0].op];
  }
  expect_equal(ops, 14);
}

TEST(TrivialAugmentWide, DrawsEveryBinAndBothSignsEquallyOften) {
  const auto plans = plans_of(*policy_of("trivial_augment_wide"), kPlans);
  for (const auto& [op, center] : kSigned) {
    std::map<float, int> thresholds;
    std::map<bool, int> signs;
    for (const Plan& plan : plans) {
      const Step& step = plan.steps[0];
      if (step.op == op_number(catalog(), "solarize")) ++thresholds[step.magnitude];
      // The first bin changes nothing, with either sign.
      if (step.op == op_number(catalog(), op) && step.magnitude != center) {
        ++signs[step.magnitude > center];
      }
    }
    expect_equal(thresholds, 31);
    expect_equal(signs, 2);
  }
}

// How probable each plan is that a table of sub-policies may give.
using Probabilities = std::map<std::vector<std::pair<std::uint16_t, float>>, double>;

struct Outcome {
  std::vector<std::pair<std::uint16_t, float>> steps;
  double probability;
};

// An op of a sub-policy: left out, or with each of its signs.
std::vector<Outcome> outcomes_of(const Json& turn, const Json& ops, Size size) {
  const std::string op = turn[0];
  const auto probability = turn[1].get<double>();
  const Json& entry = ops.at(op);
  const bool either_sign = entry.at("either_sign");
  const Json& magnitudes = entry.at("magnitudes");
  const auto magnitude = magnitudes[magnitudes.size() == 1 ? 0 : turn[2].get<std::size_t>()];
  std::vector<Outcome> outcomes{{{}, 1 - probability}};
  for (const float sign : {1.0F, -1.0F}) {
    if (sign < 0 && !either_sign) continue;
    const Step step = torchvision_step(op, sign * magnitude.get<float>(), size);
    outcomes.push_back({{{step.op, step.magnitude}}, probability / (either_sign ? 2 : 1)});
  }
  return outcomes;
}

Probabilities probabilities_of(const std::string& table, Size size) {
  Json ops;
  const Json spaces = support::golden_json("policies/spaces.json");
  for (const Json& space : spaces.at("cases")) {
    if (space.at("policy") == "auto_augment" && space.at("height") == size.height &&
        space.at("width") == size.width) {
      ops = space.at("ops");
    }
  }
  Probabilities all;
  const Json sub_policies = support::golden_json("policies/auto_augment.json").at(table);
  EXPECT_EQ(sub_policies.size(), 25U);
  for (const Json& sub_policy : sub_policies) {
    for (const Outcome& first : outcomes_of(sub_policy[0], ops, size)) {
      for (const Outcome& second : outcomes_of(sub_policy[1], ops, size)) {
        auto steps = first.steps;
        steps.insert(steps.end(), second.steps.begin(), second.steps.end());
        const double probability = first.probability * second.probability / 25;
        if (probability > 0) all[steps] += probability;
      }
    }
  }
  return all;
}

class AutoAugment : public testing::TestWithParam<std::string> {};

// The sub-policy, whether each of its ops is taken, its magnitude and its sign, all at once.
TEST_P(AutoAugment, GivesEveryPlanOfItsTableAsOftenAsTorchvision) {
  constexpr int kDraws = 400000;
  const Size size{.height = 31, .width = 33};
  const Probabilities expected = probabilities_of(GetParam(), size);
  std::map<std::vector<std::pair<std::uint16_t, float>>, int> observed;
  const auto policy = policy_of("auto_augment", R"({"table": ")" + GetParam() + "\"}");
  for (const Plan& plan : plans_of(*policy, kDraws, size)) {
    std::vector<std::pair<std::uint16_t, float>> steps;
    for (const Step& step : plan.chosen()) steps.emplace_back(step.op, step.magnitude);
    ASSERT_TRUE(expected.contains(steps)) << "a plan that no sub-policy gives";
    ++observed[steps];
  }
  double sum = 0;
  for (const auto& [steps, probability] : expected) {
    ASSERT_GT(probability * kDraws, 5);
    const double difference = observed[steps] - probability * kDraws;
    sum += difference * difference / (probability * kDraws);
  }
  EXPECT_LT(sum, chi_square_limit(static_cast<int>(expected.size()) - 1));
}

INSTANTIATE_TEST_SUITE_P(Tables, AutoAugment, testing::Values("cifar10", "svhn", "imagenet"),
                         [](const auto& test) { return test.param; });

TEST(AugMix, DrawsEveryOpAndEveryDepthEquallyOften) {
  std::map<int, int> ops;
  std::map<std::vector<int>, int> depths;
  for (const Plan& plan : plans_of(*policy_of("aug_mix"), kPlans)) {
    ASSERT_EQ(plan.chain_count, 3);
    std::vector<int> depth;
    for (const Chain& chain : plan.mixed()) depth.push_back(chain.count);
    ++depths[depth];
    for (const Step& step : plan.chosen()) ++ops[step.op];
  }
  expect_equal(ops, 13);
  expect_equal(depths, 27);
}

TEST(AugMix, LeavesOutTheOpsOfItsBenchmark) {
  std::map<int, int> ops;
  for (const Plan& plan : plans_of(*policy_of("aug_mix", R"({"all_ops": false})"), kPlans)) {
    for (const Step& step : plan.chosen()) ++ops[step.op];
  }
  expect_equal(ops, 9);
  for (const std::string_view op : {"brightness", "color", "contrast", "sharpness"}) {
    EXPECT_FALSE(ops.contains(op_number(catalog(), op))) << op;
  }
}

TEST(AugMix, DrawsItsBinsAndBothSignsEquallyOften) {
  const auto plans = plans_of(*policy_of("aug_mix", R"({"severity": 5})"), kPlans);
  std::map<float, int> thresholds;
  std::map<bool, int> signs;
  for (const Plan& plan : plans) {
    for (const Step& step : plan.chosen()) {
      if (step.op == op_number(catalog(), "solarize")) ++thresholds[step.magnitude];
      if (step.op == op_number(catalog(), "rotate") && step.magnitude != 0) {
        ++signs[step.magnitude > 0];
      }
    }
  }
  expect_equal(thresholds, 5);
  expect_equal(signs, 2);
}

TEST(AugMix, MakesAsManyChainsAsItIsToldOfTheDepthItIsTold) {
  const auto policy = policy_of("aug_mix", R"({"mixture_width": 2, "chain_depth": 5})");
  for (const Plan& plan : plans_of(*policy, 100)) {
    ASSERT_EQ(plan.chain_count, 2);
    EXPECT_EQ(plan.chains[0].count, 5);
    EXPECT_EQ(plan.chains[1].count, 5);
    EXPECT_EQ(plan.count, 10);
  }
}

// With a shape of 1 the untouched weight is uniform, and of three chains the share of any has the
// distribution function 1 - (1 - x)^2.
TEST(AugMix, DrawsTheWeightsOfABetaAndADirichlet) {
  std::vector<int> untouched(32);
  std::map<std::size_t, std::vector<int>> shares;
  const auto note = [](std::vector<int>& bins, double even) {
    ++bins[std::min<std::size_t>(static_cast<std::size_t>(even * 32), 31)];
  };
  for (const Plan& plan : plans_of(*policy_of("aug_mix"), kPlans)) {
    float sum = plan.untouched;
    for (const Chain& chain : plan.mixed()) sum += chain.weight;
    EXPECT_NEAR(sum, 1, 1e-6);
    note(untouched, static_cast<double>(plan.untouched));
    for (std::size_t i = 0; i < 3; ++i) {
      const double left = 1 - static_cast<double>(plan.chains[i].weight / (1 - plan.untouched));
      shares[i].resize(32);
      note(shares[i], std::clamp(1 - left * left, 0.0, 1.0));
    }
  }
  EXPECT_LT(chi_square(untouched), chi_square_limit(31));
  for (const auto& [chain, bins] : shares) EXPECT_LT(chi_square(bins), chi_square_limit(31));
}

TEST(AugMix, GivesOnePictureAlmostAllTheWeightWhereAlphaIsSmall) {
  int nearly_one = 0;
  for (const Plan& plan : plans_of(*policy_of("aug_mix", R"({"alpha": 0.001})"), 1000)) {
    EXPECT_EQ(what_is_wrong(plan, catalog()), "");
    float most = plan.untouched;
    for (const Chain& chain : plan.mixed()) most = std::max(most, chain.weight);
    nearly_one += most > 0.99F ? 1 : 0;
  }
  EXPECT_GT(nearly_one, 980);
}

TEST(AugMix, RefusesMoreStepsThanAMixtureHolds) {
  EXPECT_EQ(support::message_of<UsageError>(
                [] { policy_of("aug_mix", R"({"mixture_width": 3, "chain_depth": 5})"); }),
            "mixture_width is out of range for chains of 5: expected at most 2, found 3");
}

TEST(AutomaticAugmentation, NeedsTheSizesOfTheViews) {
  const std::vector<ViewKey> keys(3);
  const std::vector<Origin> origins(3);
  std::vector<Plan> plans(3);
  for (const char* name : {"rand_augment", "trivial_augment_wide", "auto_augment", "aug_mix"}) {
    EXPECT_EQ(support::message_of<UsageError>([&] {
                policy_of(name)->choose({.keys = keys, .origins = origins, .bases = {}}, plans);
              }),
              "the policy needs the size of every view: expected 3, found 0");
  }
}

TEST(AutomaticAugmentation, NeedsItsOps) {
  EXPECT_EQ(support::message_of<UsageError>([] {
              policies().make(policies().part("auto_augment"), catalog().first(3));
            }).substr(0, 27),
            "unknown op: translate_y (di");
}

}  // namespace
}  // namespace inflow
