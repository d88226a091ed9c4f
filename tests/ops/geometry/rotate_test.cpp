#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

TEST(Rotate, TurnsCounterClockwise) {
  const Image in = gray({{1, 2}, {3, 4}});
  EXPECT_THAT(support::reds(applied("rotate", in, 90)), ElementsAre(2, 4, 1, 3));
}

TEST(Rotate, LeavesTheCornersBlack) {
  const Image in(9, 9, cv::Vec3b::all(200));
  const Image out = applied("rotate", in, 45);
  EXPECT_EQ(out(0, 0)[0], 0);
  EXPECT_EQ(out(4, 4)[0], 200);
  EXPECT_EQ(out(4, 0)[0], 200);
}

// Beyond 32768 pixels a coordinate has no 16.16 form.
TEST(Rotate, TurnsPicturesTooLongForFixedPoint) {
  Image in(1, 70001, cv::Vec3b::all(1));
  in(0, 0) = cv::Vec3b::all(7);
  const Image out = applied("rotate", in, 180);
  EXPECT_EQ(out(0, 70000)[0], 7);
  EXPECT_EQ(out(0, 0)[0], 1);
}

}  // namespace
}  // namespace inflow
