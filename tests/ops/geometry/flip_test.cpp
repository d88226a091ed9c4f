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

TEST(Flip, MirrorsTheColumns) {
  EXPECT_THAT(support::reds(applied("flip", gray({{1, 2, 3}, {4, 5, 6}}))),
              ElementsAre(3, 2, 1, 6, 5, 4));
}

RC_GTEST_PROP(Flip, UndoesItself, ()) {
  const Image in = support::any_picture();
  RC_ASSERT(support::same_pixels(applied("flip", applied("flip", in)), in));
}

}  // namespace
}  // namespace inflow
