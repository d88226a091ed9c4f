#include "inflow/policies/published_policies.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/group_policy.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using support::GroupPolicy;
using support::message_of;
using testing::ElementsAre;

std::shared_ptr<const Policy> version(std::uint64_t number) {
  return std::make_shared<GroupPolicy>(4, number);
}

std::vector<std::uint64_t> versions_of(const PublishedPolicies& series) {
  std::vector<std::uint64_t> versions;
  for (const auto& policy : series.kept()) versions.push_back(policy->version());
  return versions;
}

TEST(PublishedPolicies, GiveABatchTheNewestVersionThatIsDueWhateverElseIsThere) {
  PublishedPolicies series(3, 4, {version(0), version(3), version(6), version(9)});
  for (const auto& [batch, due] : {std::pair{0, 0}, {4, 0}, {6, 0}, {7, 3}, {9, 3}, {10, 6}})
    EXPECT_EQ(series.at(static_cast<std::uint64_t>(batch))->version(),
              static_cast<std::uint64_t>(due))
        << batch;
  EXPECT_EQ(series.at(15)->version(), 9U);
  EXPECT_EQ(series.at(16), nullptr);
  EXPECT_EQ(series.version_for(16), 12U);
  series.publish(version(12));
  EXPECT_EQ(series.at(16)->version(), 12U);
  EXPECT_EQ(series.at(15)->version(), 9U);
}

TEST(PublishedPolicies, NeedNoLag) {
  PublishedPolicies series(1, 0, {version(0)});
  EXPECT_EQ(series.at(0)->version(), 0U);
  EXPECT_EQ(series.at(1), nullptr);
}

TEST(PublishedPolicies, AreWhatTheirFirstIs) {
  const PublishedPolicies series(3, 4, {version(0)});
  EXPECT_TRUE(series.needs_pixels());
  EXPECT_EQ(series.group(), 4U);
}

TEST(PublishedPolicies, ForgetWhatNoLaterBatchAsksFor) {
  PublishedPolicies series(3, 4, {version(0), version(3), version(6)});
  series.forget_before(9);
  EXPECT_THAT(versions_of(series), ElementsAre(3, 6));
  EXPECT_EQ(series.at(9)->version(), 3U);
  EXPECT_EQ(message_of<UsageError>([&] { series.at(6); }),
            "the policy of batch 6 was forgotten: version 0, the oldest that is there is 3");
  series.forget_before(100);
  EXPECT_THAT(versions_of(series), ElementsAre(6));
}

TEST(PublishedPolicies, LetGoOfWhatTheyForget) {
  auto first = version(0);
  const std::weak_ptr<const Policy> watched = first;
  PublishedPolicies series(3, 4, {std::move(first), version(3)});
  series.forget_before(7);
  EXPECT_TRUE(watched.expired());
}

TEST(PublishedPolicies, GoOnFromThoseThatWereKept) {
  PublishedPolicies before(3, 4, {version(0), version(3), version(6)});
  before.forget_before(8);
  PublishedPolicies series(3, 4, before.kept());
  EXPECT_EQ(series.at(8)->version(), 3U);
  EXPECT_EQ(series.at(13), nullptr);
  series.publish(version(9));
  EXPECT_EQ(series.at(13)->version(), 9U);
}

TEST(PublishedPolicies, RefuseWhatIsOutOfOrder) {
  PublishedPolicies series(3, 4, {version(0)});
  for (const std::uint64_t wrong : {0U, 2U, 6U}) {
    EXPECT_EQ(message_of<UsageError>([&] { series.publish(version(wrong)); }),
              "policies are published in order: version 3 is due, found " + std::to_string(wrong));
  }
  EXPECT_EQ(message_of<UsageError>([&] { series.publish(nullptr); }),
            "a published policy must be one: null");
  EXPECT_EQ(message_of<UsageError>([&] { series.publish(std::make_shared<GroupPolicy>(5, 3)); }),
            "all published policies must need pixels or none, for groups of one size: version 3");
  EXPECT_THAT(versions_of(series), ElementsAre(0));
}

TEST(PublishedPolicies, RefuseABeginningThatIsNone) {
  EXPECT_EQ(message_of<UsageError>([] { PublishedPolicies(0, 4, {version(0)}); }),
            "policies must be published every 1 step or more: 0");
  EXPECT_EQ(message_of<UsageError>([] { PublishedPolicies(3, 4, {}); }),
            "published policies need one to begin with, such as version 0");
  EXPECT_EQ(message_of<UsageError>([] { PublishedPolicies(3, 4, {version(4)}); }),
            "the version of a published policy must be a multiple of 3: 4");
  EXPECT_EQ(message_of<UsageError>([] {
              PublishedPolicies(3, 4, {version(0), version(6)});
            }),
            "policies are published in order: version 3 is due, found 6");
}

TEST(PublishedPolicies, TellOfEachNewOneUntilTheHandleIsLetGo) {
  PublishedPolicies series(1, 0, {version(0)});
  int told = 0;
  int other = 0;
  std::shared_ptr<void> handle = series.on_change([&] {
    ++told;
    EXPECT_NE(series.at(static_cast<std::uint64_t>(told)), nullptr) << "it is there already";
  });
  const std::shared_ptr<void> another = series.on_change([&] { ++other; });
  series.publish(version(1));
  series.publish(version(2));
  EXPECT_EQ(told, 2);
  handle = nullptr;
  series.publish(version(3));
  EXPECT_EQ(told, 2);
  EXPECT_EQ(other, 3);
}

TEST(PublishedPolicies, LeaveAHandleThatOutlivesThemAlone) {
  auto series = std::make_unique<PublishedPolicies>(1, 0, std::vector{version(0)});
  const std::shared_ptr<void> handle = series->on_change([] {});
  series = nullptr;
}

// For the thread sanitizer: asking, listening and forgetting while another thread publishes. What
// `called` counts is gone when the handle is, so a call after that would be seen.
TEST(PublishedPolicies, AreAskedWhileAnotherThreadPublishes) {
  constexpr std::uint64_t kVersions = 300;
  PublishedPolicies series(1, 0, {version(0)});
  std::thread publisher([&] {
    for (std::uint64_t number = 1; number <= kVersions; ++number) series.publish(version(number));
  });
  for (std::uint64_t batch = 0; batch <= kVersions; ++batch) {
    auto called = std::make_unique<int>(0);
    std::shared_ptr<void> handle = series.on_change([&called] { ++*called; });
    while (series.at(batch) == nullptr) std::this_thread::yield();
    EXPECT_EQ(series.at(batch)->version(), batch);
    handle = nullptr;
    called = nullptr;
    series.forget_before(batch);
  }
  publisher.join();
  EXPECT_THAT(versions_of(series), ElementsAre(kVersions));
}

}  // namespace
}  // namespace inflow
