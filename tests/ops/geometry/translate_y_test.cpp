#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

TEST(TranslateY, MovesUpByAFractionOfTheHeight) {
  const Image in = gray({{1}, {2}, {3}, {4}});
  EXPECT_THAT(support::reds(applied("translate_y", in, 0.5)), ElementsAre(3, 4, 0, 0));
  EXPECT_THAT(support::reds(applied("translate_y", in, -0.25)), ElementsAre(0, 1, 2, 3));
}

}  // namespace
}  // namespace inflow
