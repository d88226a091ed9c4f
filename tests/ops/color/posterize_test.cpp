#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/any_picture.hpp"
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

RC_GTEST_PROP(Posterize, DoesNothingTheSecondTime, ()) {
  const float bits = support::any_between(0, 8);
  const Image once = applied("posterize", support::any_picture(), bits);
  RC_ASSERT(support::same_pixels(applied("posterize", once, bits), once));
}

}  // namespace
}  // namespace inflow
