#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

TEST(Sharpness, MovesValuesAwayFromTheSmoothedOnes) {
  const Image in = gray({{0, 0, 0}, {0, 130, 0}, {0, 0, 0}});
  EXPECT_THAT(support::reds(applied("sharpness", in, 0)), ElementsAre(0, 0, 0, 0, 50, 0, 0, 0, 0));
  EXPECT_THAT(support::reds(applied("sharpness", in, 1.5)),
              ElementsAre(0, 0, 0, 0, 170, 0, 0, 0, 0));
}

TEST(Sharpness, LeavesTheBorderAlone) {
  const Image in = support::noise({.height = 2, .width = 9});
  EXPECT_TRUE(support::same_pixels(applied("sharpness", in, 0), in));
}

}  // namespace
}  // namespace inflow
