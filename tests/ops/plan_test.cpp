#include "inflow/ops/plan.hpp"

#include <initializer_list>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "support/message.hpp"
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

TEST(Apply, LeavesStepsOutThatChangeNothing) {
  const Image in = support::noise({.height = 9, .width = 8});
  Image image = in.clone();
  const std::uint8_t* const pixels = image.data;
  Image scratch;
  apply(catalog(),
        plan_of({{.op = number("identity"), .magnitude = 0.7F},
                 {.op = number("rotate"), .magnitude = 0},
                 {.op = number("posterize"), .magnitude = 8}}),
        image, scratch);
  EXPECT_TRUE(same_pixels(image, in));
  EXPECT_EQ(image.data, pixels);
  EXPECT_TRUE(scratch.empty());
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

// Two chains of two steps and one, whose pictures count a quarter and an eighth.
Plan mixture() {
  Plan plan = plan_of({{.op = number("invert")},
                       {.op = number("brightness"), .magnitude = 0.5},
                       {.op = number("solarize"), .magnitude = 100}});
  plan.chain_count = 2;
  plan.chains[0] = {.count = 2, .weight = 0.25F};
  plan.chains[1] = {.count = 1, .weight = 0.125F};
  plan.untouched = 0.625F;
  return plan;
}

// 100 becomes 155 and then 77 in the first chain, and 155 in the second: 62.5 + 19.25 + 19.375 is
// 101.125. 99 becomes 78 and stays 99: 61.875 + 19.5 + 12.375 is 93.75.
TEST(Apply, SumsTheChainsOfAMixtureAndTruncates) {
  Image image = support::gray({{100, 99}});
  Image scratch;
  apply(catalog(), mixture(), image, scratch);
  EXPECT_EQ(support::reds(image), (std::vector<int>{101, 93}));
}

TEST(Apply, TakesAMixtureOfChainsWithoutSteps) {
  Plan plan{.chain_count = 1, .untouched = 0.25F};
  plan.chains[0].weight = 0.75F;
  const Image in = support::noise({.height = 9, .width = 8});
  Image image = in.clone();
  Image scratch;
  apply(catalog(), plan, image, scratch);
  EXPECT_TRUE(same_pixels(image, in));
}

// Weights of single precision may add up to a little more than 1.
TEST(Apply, EndsAMixtureAtWhite) {
  Plan plan{.chain_count = 1, .untouched = 0.50003F};
  plan.chains[0].weight = 0.50003F;
  ASSERT_EQ(what_is_wrong(plan, catalog()), "");
  Image image = support::gray({{255}});
  Image scratch;
  apply(catalog(), plan, image, scratch);
  EXPECT_EQ(support::reds(image), std::vector<int>{255});
}

TEST(Apply, TakesMixturesOfOtherSizesInTheSameScratch) {
  Image scratch;
  MixtureScratch used;
  for (const Size size : {Size{9, 8}, Size{3, 20}, Size{31, 33}, Size{1, 1}}) {
    const Image in = support::noise(size);
    Image image = in.clone();
    apply(catalog(), mixture(), image, scratch, used);
    Image expected = in.clone();
    Image fresh;
    apply(catalog(), mixture(), expected, fresh);
    EXPECT_TRUE(same_pixels(image, expected));
    EXPECT_FALSE(same_pixels(image, in));
  }
}

TEST(Apply, MixesAWindowLikeACopy) {
  const Image whole = support::noise({.height = 20, .width = 30});
  const Image outside = whole.clone();
  Image window = whole(cv::Rect(5, 4, 11, 7));
  Image copy = window.clone();
  Image scratch;
  Image other;
  apply(catalog(), mixture(), window, scratch);
  apply(catalog(), mixture(), copy, other);
  EXPECT_TRUE(same_pixels(window, copy));
  EXPECT_TRUE(same_pixels(whole.rowRange(0, 4), outside.rowRange(0, 4)));
  EXPECT_TRUE(same_pixels(whole.colRange(16, 30), outside.colRange(16, 30)));
}

TEST(Apply, RefusesWhatIsWrongBeforeAnyPixelIsTouched) {
  const Image in = support::noise({.height = 4, .width = 4});
  Image image = in.clone();
  Image scratch;
  const auto message = [&](Image& picture, const Plan& plan) {
    return support::message_of<UsageError>([&] { apply(catalog(), plan, picture, scratch); });
  };
  const Step good{.op = number("invert")};
  EXPECT_EQ(message(image, plan_of({good, {.op = 17}})), "step 1: op number must be below 17: 17");
  EXPECT_EQ(message(image, Plan{.count = 9}), "a plan holds at most 8 steps: 9");
  EXPECT_TRUE(same_pixels(image, in));
  Image empty(3, 0);
  EXPECT_EQ(message(empty, plan_of({good})), "picture has no pixels: 3x0");
  EXPECT_EQ(message(empty, mixture()), "picture has no pixels: 3x0");
}

TEST(WhatIsWrong, NamesEveryMistakeOfAMixture) {
  EXPECT_EQ(what_is_wrong(mixture(), catalog()), "");
  Plan plan = mixture();
  plan.steps[1].op = 17;
  plan.untouched = -0.5F;
  plan.chains[1] = {.count = 2, .weight = 1.5F};
  EXPECT_EQ(what_is_wrong(plan, catalog()),
            "step 1: op number must be below 17: 17\n"
            "weight of the untouched picture must lie in [0, 1]: -0.5\n"
            "chain 1: weight must lie in [0, 1]: 1.5\n"
            "weights of a mixture must add up to 1: 1.25\n"
            "chains must hold every step of the plan: 4 of 3");
  plan = mixture();
  plan.untouched = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(what_is_wrong(plan, catalog()), "");
}

TEST(WhatIsWrong, RefusesMoreOfAMixtureThanFits) {
  Plan plan{.count = 13, .chain_count = 5};
  EXPECT_EQ(what_is_wrong(plan, catalog()),
            "a mixture holds at most 12 steps: 13\n"
            "a mixture holds at most 4 chains: 5");
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
                             {.op = number("identity"), .u = 1, .v = -0.5F},
                             {.op = number("cutout"), .magnitude = 2, .u = 1}});
  EXPECT_EQ(
      what_is_wrong(plan, catalog()),
      "step 0: op number must be below 17: 17\n"
      "step 1: magnitude of rotate must lie in [-360, 360]: 400\n"
      "step 2: draws of identity must lie in [0, 1): 1, -0.5\n"
      "step 3: magnitude of cutout must lie in [0, 1]: 2; draws of cutout must lie in [0, 1): "
      "1, 0");
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
