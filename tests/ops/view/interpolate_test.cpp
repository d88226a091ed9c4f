#include <gtest/gtest.h>

#include "support/bases.hpp"
#include "support/golden_views.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::resized;

TEST(Interpolate, MatchesTorchvisionsTensorsButForRounding) {
  support::expect_golden_but_for_rounding("interpolated");
}

// To half the size: the two taps lie on either side of the output pixel's middle.
TEST(Interpolate, TakesTwoNeighborsHoweverMuchItShrinks) {
  const Image in = support::gray({{0, 0, 0, 100, 60, 0, 0, 0}});
  const Image one = resized(in, {1, 1}, Filter::bilinear, false);
  EXPECT_EQ(one(0, 0)[0], 80);
  const Image all = resized(in, {1, 1}, Filter::bilinear, true);
  EXPECT_LT(all(0, 0)[0], 45);
}

// In the middle between two pixels Keys' cubic with a = -0.75 weighs (-3 19 19 -3) / 32.
TEST(Interpolate, WeighsFourNeighborsAsTorchvisionsTensors) {
  const Image in = support::gray({{96, 0, 160, 0, 0, 0}});
  const Image out = resized(in, {1, 3}, Filter::bicubic, false);
  EXPECT_EQ(out(0, 0)[0], 33);  // (-3 * 96 + 19 * 96 - 3 * 160) / 32
}

}  // namespace
}  // namespace inflow
