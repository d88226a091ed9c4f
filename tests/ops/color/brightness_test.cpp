#include <vector>

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

TEST(Brightness, MultipliesAndTruncates) {
  const Image in = gray({{101, 200, 0}});
  EXPECT_THAT(support::reds(applied("brightness", in, 0.5)), ElementsAre(50, 100, 0));
  EXPECT_THAT(support::reds(applied("brightness", in, 1.5)), ElementsAre(151, 255, 0));
}

RC_GTEST_PROP(Brightness, NeverBrightensBelowOne, ()) {
  const Image in = support::any_picture();
  const float factor = support::any_between(0, 1);
  const std::vector<int> before = support::values(in);
  const std::vector<int> after = support::values(applied("brightness", in, factor));
  for (std::size_t i = 0; i < before.size(); ++i) RC_ASSERT(after[i] <= before[i]);
}

}  // namespace
}  // namespace inflow
