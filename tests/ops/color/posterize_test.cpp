#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

TEST(Posterize, KeepsTheHighestBits) {
  EXPECT_THAT(support::reds(applied("posterize", gray({{255, 15, 16}}), 4)),
              ElementsAre(240, 0, 16));
}

TEST(Posterize, TruncatesTheNumberOfBits) {
  EXPECT_THAT(support::reds(applied("posterize", gray({{255, 127}}), 1.9F)), ElementsAre(128, 0));
}

TEST(Posterize, DoesNothingTheSecondTime) {
  const Image once = applied("posterize", support::noise({.height = 7, .width = 12}), 3);
  EXPECT_TRUE(support::same_pixels(applied("posterize", once, 3), once));
}

}  // namespace
}  // namespace inflow
