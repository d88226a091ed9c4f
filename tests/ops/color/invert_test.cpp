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

TEST(Invert, TakesValuesFrom255) {
  EXPECT_THAT(support::reds(applied("invert", gray({{0, 100, 255}}))), ElementsAre(255, 155, 0));
}

RC_GTEST_PROP(Invert, UndoesItself, ()) {
  const Image in = support::any_picture();
  RC_ASSERT(support::same_pixels(applied("invert", applied("invert", in)), in));
}

}  // namespace
}  // namespace inflow
