#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(Brightness, NeverBrightensBelowOne) {
  const Image in = support::noise({.height = 7, .width = 12});
  const std::vector<int> before = support::values(in);
  const std::vector<int> after = support::values(applied("brightness", in, 0.1F));
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_LE(after[i], before[i]);
}

}  // namespace
}  // namespace inflow
