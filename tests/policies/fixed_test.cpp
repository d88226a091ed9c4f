#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/policies/policy.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using Steps = std::vector<std::string>;

std::shared_ptr<const Policy> fixed(const Steps& steps) {
  PartOptions part = policies().part("fixed");
  throw_if_any("fixed",
               read_json(nlohmann::json{{"steps", steps}}.dump(), part.options.describe()));
  return policies().make(part, catalog());
}

Plan plan_of(const Steps& steps) {
  const std::vector<ViewKey> keys(1);
  const std::vector<Origin> origins(1);
  std::vector<Plan> plans(1);
  fixed(steps)->choose({.keys = keys, .origins = origins, .bases = {}}, plans);
  return plans.front();
}

std::string refusal(const Steps& steps) {
  return support::message_of<UsageError>([&] { fixed(steps); });
}

Step step(std::string_view op, float magnitude, float u, float v) {
  return {.op = op_number(catalog(), op), .magnitude = magnitude, .u = u, .v = v};
}

TEST(Fixed, WritesItsStepsInOrder) {
  Plan expected{.count = 3};
  expected.steps[0] = step("rotate", -12.5F, 0.5F, 0.5F);
  expected.steps[1] = step("cutout", 0.2F, 0.25F, 0.75F);
  expected.steps[2] = step("invert", 0, 0.5F, 0.5F);
  EXPECT_EQ(plan_of({"rotate:magnitude=-12.5", "cutout:v=0.75,magnitude=0.2,u=0.25", "invert"}),
            expected);
}

TEST(Fixed, MayHaveNoStepsAndAtMostEight) {
  EXPECT_EQ(plan_of({}), Plan{});
  EXPECT_EQ(plan_of(Steps(8, "flip")).count, 8);
  EXPECT_EQ(refusal(Steps(9, "flip")), "too many steps: expected at most 8, found 9");
}

TEST(Fixed, RefusesAnUnknownOpAndNamesTheNearest) {
  EXPECT_EQ(refusal({"solarise:magnitude=3"}), "unknown op: solarise (did you mean solarize?)");
}

TEST(Fixed, RefusesToGuessAMagnitude) {
  EXPECT_EQ(refusal({"rotate"}), "step needs a magnitude: rotate");
  EXPECT_EQ(refusal({"rotate:u=0.1"}), "step needs a magnitude: rotate:u=0.1");
}

TEST(Fixed, RefusesAMagnitudeOutsideTheDomain) {
  EXPECT_EQ(refusal({"translate_x:magnitude=1.5"}),
            "step has a magnitude outside -1 to 1: translate_x:magnitude=1.5");
  EXPECT_EQ(refusal({"translate_x:magnitude=nan"}),
            "step has a magnitude outside -1 to 1: translate_x:magnitude=nan");
}

TEST(Fixed, RefusesDrawsOutsideTheUnitInterval) {
  EXPECT_EQ(refusal({"cutout:magnitude=0.1,u=1"}),
            "step has u or v outside [0, 1): cutout:magnitude=0.1,u=1");
  EXPECT_EQ(refusal({"cutout:magnitude=0.1,v=-0.5"}),
            "step has u or v outside [0, 1): cutout:magnitude=0.1,v=-0.5");
}

TEST(Fixed, RefusesWhatItCannotRead) {
  EXPECT_EQ(refusal({"rotate:magnitude"}), "step has a setting without a value: rotate:magnitude");
  EXPECT_EQ(refusal({"rotate:"}), "step has a setting without a value: rotate:");
  EXPECT_EQ(refusal({"rotate:magnitude=3,"}),
            "step has a setting without a value: rotate:magnitude=3,");
  EXPECT_EQ(refusal({"rotate:magnitude=3x"}),
            "step has a value that is not a number: rotate:magnitude=3x");
  EXPECT_EQ(refusal({"rotate:magnitude="}),
            "step has a value that is not a number: rotate:magnitude=");
  EXPECT_EQ(refusal({"rotate:magnitude=1,magnitude=2"}),
            "step has a setting twice: rotate:magnitude=1,magnitude=2");
  EXPECT_EQ(refusal({"rotate:magnitud=1"}),
            "unknown setting of a step: magnitud (did you mean magnitude?): rotate:magnitud=1");
}

}  // namespace
}  // namespace inflow
