#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

TEST(ShearX, MovesLowerRowsFurtherLeft) {
  const Image in = gray({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  EXPECT_THAT(support::reds(applied("shear_x", in, 1)), ElementsAre(2, 3, 0, 6, 0, 0, 0, 0, 0));
}

TEST(ShearX, MovesRowsRightWhenTheSlopeIsNegative) {
  const Image in = gray({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  EXPECT_THAT(support::reds(applied("shear_x", in, -0.5)), ElementsAre(1, 2, 3, 0, 4, 5, 0, 7, 8));
}

}  // namespace
}  // namespace inflow
