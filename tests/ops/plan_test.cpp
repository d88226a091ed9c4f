#include "inflow/ops/plan.hpp"

#include <initializer_list>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::same_pixels;

std::uint16_t number(std::string_view name) { return op_number(catalog(), name); }

Plan plan_of(std::initializer_list<Step> steps) {
  Plan plan;
  for (const Step& step : steps) plan.steps[plan.count++] = step;
  return plan;
}

TEST(Plan, IsPlainData) {
  static_assert(std::is_trivially_copyable_v<Plan>);
  EXPECT_EQ(plan_of({{.op = 3, .magnitude = 0.5}}), plan_of({{.op = 3, .magnitude = 0.5}}));
  EXPECT_NE(plan_of({{.op = 3, .magnitude = 0.5}}), plan_of({{.op = 3, .magnitude = 0.25}}));
}

TEST(Apply, TakesTheStepsInOrder) {
  const Image in = support::noise({.height = 9, .width = 8});
  Image image = in.clone();
  Image scratch;
  apply(catalog(),
        plan_of({{.op = number("solarize"), .magnitude = 100},
                 {.op = number("brightness"), .magnitude = 0.5},
                 {.op = number("cutout"), .magnitude = 0.4F, .u = 0.2F, .v = 0.7F}}),
        image, scratch);
  const Image expected =
      applied("cutout", applied("brightness", applied("solarize", in, 100), 0.5), 0.4F, 0.2F, 0.7F);
  EXPECT_TRUE(same_pixels(image, expected));
}

TEST(Apply, LeavesThePictureAloneWithoutSteps) {
  const Image in = support::noise({.height = 9, .width = 8});
  Image image = in.clone();
  Image scratch;
  apply(catalog(), {}, image, scratch);
  EXPECT_TRUE(same_pixels(image, in));
}

TEST(Apply, TakesOpsOfTheCallersOwn) {
  const Op own{.name = "white",
               .summary = "White",
               .apply = [](const Image& in, Image& out, float, float, float) {
                 out.create(in.size());
                 out.setTo(cv::Vec3b::all(255));
               }};
  Image image = support::noise({.height = 2, .width = 2});
  Image scratch;
  apply(std::span(&own, 1), plan_of({{.op = 0}}), image, scratch);
  EXPECT_TRUE(same_pixels(image, Image(2, 2, cv::Vec3b::all(255))));
}

TEST(WhatIsWrong, IsNothingForAPlanWithinBounds) {
  EXPECT_EQ(what_is_wrong({}, catalog()), "");
  const Plan plan = plan_of({{.op = number("rotate"), .magnitude = -360},
                             {.op = number("rotate"), .magnitude = 360, .u = 0.999F}});
  EXPECT_EQ(what_is_wrong(plan, catalog()), "");
}

TEST(WhatIsWrong, NamesEveryMistake) {
  const Plan plan = plan_of({{.op = 17},
                             {.op = number("rotate"), .magnitude = 400},
                             {.op = number("identity"), .u = 1, .v = -0.5F}});
  EXPECT_EQ(what_is_wrong(plan, catalog()),
            "step 0: op number must be below 17: 17\n"
            "step 1: magnitude of rotate must lie in [-360, 360]: 400\n"
            "step 2: draws of identity must lie in [0, 1): 1, -0.5");
}

TEST(WhatIsWrong, RefusesWhatIsNoNumber) {
  const float none = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(what_is_wrong(plan_of({{.op = 0, .magnitude = none}}), catalog()), "");
  EXPECT_NE(what_is_wrong(plan_of({{.op = 0, .u = none}}), catalog()), "");
}

TEST(WhatIsWrong, RefusesMoreStepsThanFit) {
  Plan plan;
  plan.count = 9;
  EXPECT_EQ(what_is_wrong(plan, catalog()), "a plan holds at most 8 steps: 9");
}

}  // namespace
}  // namespace inflow
