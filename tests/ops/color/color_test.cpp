#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

// Red counts 76 of 255 in the luma; with red and blue swapped this would be (51, 26, 26).
TEST(Color, MovesPixelsTowardsTheirLuma) {
  EXPECT_THAT(support::values(applied("color", support::pixel(255, 0, 0), 0.1F)),
              ElementsAre(93, 68, 68));
  EXPECT_THAT(support::values(applied("color", support::pixel(255, 0, 0), 0)),
              ElementsAre(76, 76, 76));
}

TEST(Color, SaturatesAboveOne) {
  EXPECT_THAT(support::values(applied("color", support::pixel(255, 0, 0), 2)),
              ElementsAre(255, 0, 0));
}

}  // namespace
}  // namespace inflow
