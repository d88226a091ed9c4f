#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/any_picture.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

TEST(AutoContrast, StretchesFromTheDarkestToTheBrightest) {
  EXPECT_THAT(support::reds(applied("auto_contrast", gray({{100, 110, 151}}))),
              ElementsAre(0, 50, 255));
}

TEST(AutoContrast, StretchesEachChannelByItself) {
  Image in = gray({{0, 51}});
  in(0, 1) = {51, 85, 0};
  EXPECT_THAT(support::values(applied("auto_contrast", in)), ElementsAre(0, 0, 0, 255, 255, 0));
}

RC_GTEST_PROP(AutoContrast, ReachesTheEndsOfTheRangeUnlessThereIsOneValue, ()) {
  const Image in = support::any_picture();
  const std::vector<int> before = support::reds(in);
  const std::vector<int> after = support::reds(applied("auto_contrast", in));
  if (std::ranges::min(before) == std::ranges::max(before)) {
    RC_ASSERT(after == before);
  } else {
    RC_ASSERT(std::ranges::min(after) == 0);
    RC_ASSERT(std::ranges::max(after) >= 254);
  }
}

}  // namespace
}  // namespace inflow
