#include "inflow/training/schedule.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "support/message.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::part;

Schedule make(std::string_view name, std::string_view json, std::int64_t steps) {
  return schedules().make(part(schedules(), name, json), steps);
}

TEST(Schedule, ConstantIsOneThroughout) {
  const Schedule schedule = make("constant", "{}", 10);
  for (const std::int64_t step : {0, 5, 9, 100}) EXPECT_EQ(schedule(step), 1);
}

TEST(Schedule, WarmupIsALineFromZeroToOne) {
  const Schedule schedule = make("warmup_cosine", R"({"warmup": 4})", 100);
  EXPECT_DOUBLE_EQ(schedule(0), 0.25);
  EXPECT_DOUBLE_EQ(schedule(1), 0.5);
  EXPECT_DOUBLE_EQ(schedule(2), 0.75);
  EXPECT_DOUBLE_EQ(schedule(3), 1);
  EXPECT_DOUBLE_EQ(schedule(4), 1);
}

TEST(Schedule, CosineFallsFromOneToTheFloor) {
  const Schedule schedule = make("warmup_cosine", R"({"warmup": 2, "floor": 0.2})", 14);
  // Quarters of the way down: cos(45 degrees), cos(90), cos(135), cos(180).
  EXPECT_NEAR(schedule(5), 0.2 + 0.8 * (1 + std::sqrt(0.5)) / 2, 1e-15);
  EXPECT_NEAR(schedule(8), 0.6, 1e-15);
  EXPECT_NEAR(schedule(11), 0.2 + 0.8 * (1 - std::sqrt(0.5)) / 2, 1e-15);
  EXPECT_DOUBLE_EQ(schedule(14), 0.2);
  EXPECT_DOUBLE_EQ(schedule(1000), 0.2);
}

TEST(Schedule, WithoutWarmupTheFirstStepIsAtTheFullRate) {
  EXPECT_EQ(make("warmup_cosine", "{}", 10)(0), 1);
}

TEST(Schedule, WarmupMayTakeTheWholeRun) {
  const Schedule schedule = make("warmup_cosine", R"({"warmup": 10})", 10);
  EXPECT_DOUBLE_EQ(schedule(0), 0.1);
  EXPECT_DOUBLE_EQ(schedule(9), 1);
}

TEST(Schedule, WarmupLongerThanTheRunIsRefused) {
  EXPECT_EQ(message_of<UsageError>([] { make("warmup_cosine", R"({"warmup": 11})", 10); }),
            "warmup is longer than the run of 10 steps: 11");
}

}  // namespace
}  // namespace inflow
