#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

TEST(Invert, TakesValuesFrom255) {
  EXPECT_THAT(support::reds(applied("invert", gray({{0, 100, 255}}))), ElementsAre(255, 155, 0));
}

TEST(Invert, UndoesItself) {
  const Image in = support::noise({.height = 7, .width = 12});
  EXPECT_TRUE(support::same_pixels(applied("invert", applied("invert", in)), in));
}

}  // namespace
}  // namespace inflow
