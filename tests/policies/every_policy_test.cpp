#include <cctype>
#include <numeric>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/policies/policy.hpp"
#include "support/example_policies.hpp"
#include "support/message.hpp"

// What every policy promises, whatever it decides.

namespace inflow {
namespace {

class EveryPolicy : public testing::TestWithParam<std::string_view> {
 protected:
  std::shared_ptr<const Policy> policy() const {
    nlohmann::json settings = support::example_policy(GetParam());
    settings.erase("type");
    PartOptions part = policies().part(GetParam());
    throw_if_any("policy", read_json(settings.dump(), part.options.describe()));
    return policies().make(part, catalog());
  }
};

std::vector<ViewKey> some_keys() {
  std::vector<ViewKey> keys;
  for (std::uint64_t index = 0; index < 200; ++index) {
    for (std::uint16_t view = 0; view < 2; ++view) {
      keys.push_back({.seed = 5, .index = index * 1000003, .epoch = 2, .view = view});
    }
  }
  return keys;
}

constexpr Size kSize{.height = 24, .width = 20};

std::vector<Plan> plans_of(const Policy& policy, std::span<const ViewKey> keys) {
  const std::vector<Origin> origins(keys.size(), 0);
  const std::vector<Size> sizes(keys.size(), kSize);
  std::vector<Plan> plans(keys.size());
  policy.choose({.keys = keys, .origins = origins, .bases = {}, .sizes = sizes}, plans);
  return plans;
}

TEST_P(EveryPolicy, IsNamedInSnakeCaseAndSummedUpWithoutAFullStop) {
  const std::string_view name = GetParam();
  EXPECT_TRUE(
      std::ranges::all_of(name, [](char letter) { return std::islower(letter) || letter == '_'; }));
  const std::string_view summary = policies().at(name).summary;
  ASSERT_FALSE(summary.empty());
  EXPECT_NE(summary.back(), '.');
}

TEST_P(EveryPolicy, WritesPlansThatMayBeApplied) {
  for (const Plan& plan : plans_of(*policy(), some_keys())) {
    EXPECT_EQ(what_is_wrong(plan, catalog()), "");
  }
}

TEST_P(EveryPolicy, GivesEqualPlansToEqualKeys) {
  const auto keys = some_keys();
  EXPECT_EQ(plans_of(*policy(), keys), plans_of(*policy(), keys));
}

TEST_P(EveryPolicy, LeavesNothingOfThePlansItIsGiven) {
  const auto keys = some_keys();
  const std::vector<Origin> origins(keys.size(), 0);
  const std::vector<Size> sizes(keys.size(), kSize);
  Plan used{.count = 8, .chain_count = 1, .untouched = 0.5F};
  used.steps.fill({.op = 3, .magnitude = 0.1F, .u = 0.2F, .v = 0.3F});
  used.chains.fill({.count = 8, .weight = 0.5F});
  std::vector<Plan> plans(keys.size(), used);
  policy()->choose({.keys = keys, .origins = origins, .bases = {}, .sizes = sizes}, plans);
  EXPECT_EQ(plans, plans_of(*policy(), keys));
}

TEST_P(EveryPolicy, DecidesAViewAloneAsInAnyGroup) {
  const auto policy = this->policy();
  const auto keys = some_keys();
  const auto together = plans_of(*policy, keys);
  for (std::size_t view = 0; view < keys.size(); view += 37) {
    EXPECT_EQ(plans_of(*policy, std::span(keys).subspan(view, 1)).front(), together[view]);
  }
}

TEST_P(EveryPolicy, GivesTheSameToAllThreads) {
  const auto policy = this->policy();
  const auto keys = some_keys();
  const auto expected = plans_of(*policy, keys);
  std::vector<std::vector<Plan>> found(4);
  std::vector<std::thread> threads;
  for (auto& plans : found) threads.emplace_back([&] { plans = plans_of(*policy, keys); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& plans : found) EXPECT_EQ(plans, expected);
}

TEST(Madaug, IsNotMadeWithoutAModel) {
  EXPECT_EQ(support::message_of<UsageError>(
                [] { policies().make(policies().part("madaug"), catalog()); }),
            "policy madaug learns while a model is trained: inflow train and inflow pretrain make "
            "it");
}

INSTANTIATE_TEST_SUITE_P(Catalog, EveryPolicy, testing::ValuesIn(support::ready_made_policies()),
                         [](const auto& entry) { return std::string(entry.param); });

}  // namespace
}  // namespace inflow
