#include "inflow/contrastive/detail/momentum_projection.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace inflow {
namespace {

TEST(MomentumOf, GoesFromOneEndToTheOtherAlongHalfACosine) {
  const MomentumOptions options{.from = 0.9, .to = 1};
  EXPECT_DOUBLE_EQ(momentum_of(options, 1, 100), 0.9);
  EXPECT_DOUBLE_EQ(momentum_of(options, 51, 100), 0.95);
  EXPECT_DOUBLE_EQ(momentum_of(options, 26, 100), 1 - 0.1 * (1 + std::sqrt(0.5)) / 2);
  EXPECT_NEAR(momentum_of(options, 100, 100), 1, 1e-4);
  EXPECT_LT(momentum_of(options, 100, 100), 1);
}

TEST(MomentumOf, StaysWhereBothEndsAreOne) {
  for (const std::int64_t step : {1, 7, 20})
    EXPECT_DOUBLE_EQ(momentum_of({.from = 0.996, .to = 0.996}, step, 20), 0.996);
}

}  // namespace
}  // namespace inflow
