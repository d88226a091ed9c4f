#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

TEST(Contrast, MovesValuesAwayFromTheMean) {
  const Image in = gray({{100, 200}});
  EXPECT_THAT(support::reds(applied("contrast", in, 0)), ElementsAre(150, 150));
  EXPECT_THAT(support::reds(applied("contrast", in, 0.5)), ElementsAre(125, 175));
  EXPECT_THAT(support::reds(applied("contrast", in, 1.5)), ElementsAre(75, 225));
  EXPECT_THAT(support::reds(applied("contrast", in, 4)), ElementsAre(0, 255));
}

}  // namespace
}  // namespace inflow
