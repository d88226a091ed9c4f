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

TEST(Solarize, InvertsFromTheThresholdOn) {
  EXPECT_THAT(support::reds(applied("solarize", gray({{127, 128, 255}}), 128)),
              ElementsAre(127, 127, 0));
}

TEST(Solarize, ComparesWithAFraction) {
  EXPECT_THAT(support::reds(applied("solarize", gray({{127, 128}}), 127.5)), ElementsAre(127, 127));
}

RC_GTEST_PROP(Solarize, InvertsEverythingAtZero, ()) {
  const Image in = support::any_picture();
  RC_ASSERT(support::same_pixels(applied("solarize", in, 0), applied("invert", in)));
}

}  // namespace
}  // namespace inflow
