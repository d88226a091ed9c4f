#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(Solarize, InvertsEverythingAtZero) {
  const Image in = support::noise({.height = 7, .width = 12});
  EXPECT_TRUE(support::same_pixels(applied("solarize", in, 0), applied("invert", in)));
}

}  // namespace
}  // namespace inflow
