#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

TEST(ShearY, MovesColumnsFurtherUpOnTheRight) {
  const Image in = gray({{1, 4, 7}, {2, 5, 8}, {3, 6, 9}});
  EXPECT_THAT(support::reds(applied("shear_y", in, 1)), ElementsAre(2, 6, 0, 3, 0, 0, 0, 0, 0));
}

}  // namespace
}  // namespace inflow
