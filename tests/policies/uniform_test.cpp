#include <set>

#include <gtest/gtest.h>

#include "inflow/policies/policy.hpp"
#include "support/message.hpp"
#include "support/statistics.hpp"

namespace inflow {
namespace {

std::shared_ptr<const Policy> uniform(int ops_per_view, std::span<const Op> ops = catalog()) {
  PartOptions part = policies().part("uniform");
  throw_if_any("uniform", read_json(R"({"ops_per_view": )" + std::to_string(ops_per_view) + "}",
                                    part.options.describe()));
  return policies().make(part, ops);
}

std::vector<Plan> draw(const Policy& policy, std::uint64_t count) {
  std::vector<ViewKey> keys;
  for (std::uint64_t index = 0; index < count; ++index) keys.push_back({.seed = 1, .index = index});
  const std::vector<Origin> origins(keys.size());
  std::vector<Plan> plans(keys.size());
  policy.choose({.keys = keys, .origins = origins, .bases = {}}, plans);
  return plans;
}

TEST(Uniform, ChoosesAsManyOpsAsItIsToldAllDifferent) {
  for (const int ops_per_view : {1, 2, 5, 8}) {
    for (const Plan& plan : draw(*uniform(ops_per_view), 300)) {
      std::set<std::uint16_t> ops;
      for (const Step& step : plan.chosen()) ops.insert(step.op);
      EXPECT_EQ(ops.size(), static_cast<std::size_t>(ops_per_view));
    }
  }
}

TEST(Uniform, ChoosesEveryOrderedPairEquallyOften) {
  std::vector<int> observed(17 * 17, 0);
  for (const Plan& plan : draw(*uniform(2), 40000)) {
    ++observed[std::size_t{plan.steps[0].op} * 17 + plan.steps[1].op];
  }
  std::erase(observed, 0);
  ASSERT_EQ(observed.size(), 17U * 16U);
  EXPECT_LT(support::chi_square(observed), support::chi_square_limit(17 * 16 - 1));
}

TEST(Uniform, ChoosesEveryOpInItsLastPositionToo) {
  const auto few = catalog().first(9);
  std::vector<int> observed(9, 0);
  for (const Plan& plan : draw(*uniform(8, few), 20000)) ++observed[plan.steps[7].op];
  EXPECT_LT(support::chi_square(observed), support::chi_square_limit(8));
}

TEST(Uniform, SpreadsMagnitudesUniformlyOverTheRange) {
  const std::uint16_t solarize = op_number(catalog(), "solarize");
  std::vector<int> observed(16, 0);
  int count = 0;
  for (const Plan& plan : draw(*uniform(8), 20000)) {
    for (const Step& step : plan.chosen()) {
      if (step.op != solarize) continue;
      ++observed[static_cast<std::size_t>(step.magnitude / 16)];
      ++count;
    }
  }
  EXPECT_GT(count, 8000);
  EXPECT_LT(support::chi_square(observed), support::chi_square_limit(15));
}

TEST(Uniform, DrawsTheSignOfAnOpWithEitherSign) {
  const Op signed_op{.name = "signed",
                     .summary = "Both ways",
                     .domain = {.low = -2, .high = 2},
                     .range = {.at_zero = 1, .at_one = 2, .either_sign = true},
                     .apply = {}};
  Op unsigned_op = signed_op;
  unsigned_op.range.either_sign = false;
  int negative = 0;
  for (const Plan& plan : draw(*uniform(1, std::span(&signed_op, 1)), 10000)) {
    negative += plan.steps[0].magnitude < 0;
  }
  EXPECT_NEAR(negative / 10000.0, 0.5, support::share_error(0.5, 10000));
  for (const Plan& plan : draw(*uniform(1, std::span(&unsigned_op, 1)), 1000)) {
    EXPECT_GE(plan.steps[0].magnitude, 1);
  }
}

TEST(Uniform, SpreadsBothUnitDraws) {
  std::vector<int> observed(64, 0);
  for (const Plan& plan : draw(*uniform(1), 20000)) {
    const auto cell = [](float draw) { return static_cast<std::size_t>(draw * 8); };
    ++observed[cell(plan.steps[0].u) * 8 + cell(plan.steps[0].v)];
  }
  EXPECT_LT(support::chi_square(observed), support::chi_square_limit(63));
}

TEST(Uniform, KeepsItsFirstStepsWhenThereAreMore) {
  const auto few = draw(*uniform(2), 100);
  const auto more = draw(*uniform(5), 100);
  for (std::size_t view = 0; view < few.size(); ++view) {
    EXPECT_EQ(few[view].steps[0], more[view].steps[0]);
    EXPECT_EQ(few[view].steps[1], more[view].steps[1]);
  }
}

TEST(Uniform, RefusesMoreOpsThanThereAre) {
  EXPECT_EQ(support::message_of<UsageError>([] { uniform(4, catalog().first(3)); }),
            "ops_per_view is out of range: expected 1 to 3, found 4");
}

TEST(Uniform, RefusesMoreOpsThanAPlanHolds) {
  EXPECT_EQ(support::message_of<UsageError>([] { uniform(9); }),
            "uniform:\n  ops_per_view: expected an integer in [1, 8], found: 9");
}

}  // namespace
}  // namespace inflow
