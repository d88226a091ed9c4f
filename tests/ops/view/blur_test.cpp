#include <gtest/gtest.h>

#include "inflow/ops/view.hpp"
#include "support/bases.hpp"
#include "support/golden_views.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::blurred;

// torchvision sums in another order: at most one level apart, at one value in a thousand.
TEST(Blur, MatchesTorchvisionButForRounding) { support::expect_golden_but_for_rounding("blurs"); }

// exp(-1/2) / (1 + 2 exp(-1/2)) = 0.274 of the middle goes to either side.
TEST(Blur, SpreadsAPointByTheSampledGaussian) {
  const Image out = blurred(
      support::gray(
          {{0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}, {0, 0, 100, 0, 0}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}}),
      {.kernel = 3, .sigma = 1});
  EXPECT_EQ(out(2, 2)[0], 20);
  EXPECT_EQ(out(2, 1)[0], 12);
  EXPECT_EQ(out(1, 1)[0], 8);
  EXPECT_EQ(out(2, 0)[0], 0);
}

TEST(Blur, ReflectsTheBorderWithoutRepeatingIt) {
  const Image out = blurred(support::gray({{100, 0, 0, 0, 0, 0, 0}}), {.kernel = 3, .sigma = 100});
  EXPECT_EQ(out(0, 0)[0], 33);
  const Image next = blurred(support::gray({{0, 100, 0, 0, 0, 0, 0}}), {.kernel = 3, .sigma = 100});
  EXPECT_EQ(next(0, 0)[0], 67);
}

TEST(Blur, LeavesFlatPicturesAloneEvenBelowTheKernelsSize) {
  for (const Size size : {Size{1, 1}, Size{1, 7}, Size{2, 3}, Size{40, 50}}) {
    const Image flat(size.height, size.width, cv::Vec3b(0, 77, 255));
    EXPECT_TRUE(support::same_pixels(blurred(flat, {.kernel = 23, .sigma = 2}), flat));
  }
}

}  // namespace
}  // namespace inflow
