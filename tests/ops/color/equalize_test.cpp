#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

// 256 pixels of each of two values: the step is 256 / 255 = 1, so that the upper value's entry is
// 256.
TEST(Equalize, ClampsWhatRunsPastTheRange) {
  Image in(16, 32, cv::Vec3b::all(10));
  in.rowRange(8, 16).setTo(cv::Vec3b::all(20));
  const Image out = applied("equalize", in);
  EXPECT_EQ(out(0, 0)[0], 0);
  EXPECT_EQ(out(15, 31)[0], 255);
}

TEST(Equalize, LeavesFlatAndTinyPicturesAlone) {
  const Image flat(32, 32, cv::Vec3b::all(77));
  EXPECT_TRUE(support::same_pixels(applied("equalize", flat), flat));
  EXPECT_THAT(support::reds(applied("equalize", gray({{3, 1, 2}}))), ElementsAre(3, 1, 2));
}

}  // namespace
}  // namespace inflow
