#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

// A side of 2 about the center (4.5, 8): columns 3 to 5, and of rows 7 and 8 the picture has one.
TEST(Cutout, CoversBothEndsOfItsBox) {
  const Image in(8, 8, cv::Vec3b::all(0));
  const Image out = applied("cutout", in, 0.25, 0.5, 0);
  EXPECT_EQ(out(7, 3), cv::Vec3b(125, 123, 114));
  EXPECT_EQ(out(7, 5), cv::Vec3b(125, 123, 114));
  EXPECT_EQ(cv::countNonZero(out.reshape(1)), 9);
}

TEST(Cutout, MeasuresTheSideByTheWidth) {
  const Image in(100, 10, cv::Vec3b::all(0));
  const Image out = applied("cutout", in, 0.5, 0.5, 0.5);
  EXPECT_EQ(cv::countNonZero(out.reshape(1)), 3 * 6 * 6);
}

}  // namespace
}  // namespace inflow
