#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(AutoContrast, ReachesTheEndsOfTheRange) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Image in = support::noise({.height = 1, .width = 5}, seed);
    const std::vector<int> out = support::reds(applied("auto_contrast", in));
    EXPECT_EQ(std::ranges::min(out), 0) << seed;
    EXPECT_GE(std::ranges::max(out), 254) << seed;
  }
}

}  // namespace
}  // namespace inflow
