#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

TEST(TranslateX, MovesLeftByAFractionOfTheWidth) {
  const Image in = gray({{1, 2, 3, 4}});
  EXPECT_THAT(support::reds(applied("translate_x", in, 0.5)), ElementsAre(3, 4, 0, 0));
  EXPECT_THAT(support::reds(applied("translate_x", in, -0.25)), ElementsAre(0, 1, 2, 3));
}

TEST(TranslateX, RoundsHalfAPixelUp) {
  const Image in = gray({{1, 2, 3, 4}});
  EXPECT_THAT(support::reds(applied("translate_x", in, 0.125)), ElementsAre(2, 3, 4, 0));
  EXPECT_THAT(support::reds(applied("translate_x", in, -0.125)), ElementsAre(1, 2, 3, 4));
}

}  // namespace
}  // namespace inflow
