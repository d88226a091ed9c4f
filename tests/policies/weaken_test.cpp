#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "inflow/policies/views.hpp"

namespace inflow {
namespace {

constexpr Size kSource{.height = 100, .width = 100};
constexpr int kDraws = 4000;

// What many views have in common.
struct Extent {
  double smallest_crop = 1;  // its share of the area
  int jitters = 0;
  float farthest = 0;  // brightness factor from 1
};

Extent extent_of(const ViewOptions& options) {
  Extent extent;
  for (int index = 0; index < kDraws; ++index) {
    const Base base =
        draw_base(options, {.seed = 5, .index = static_cast<std::uint64_t>(index)}, kSource);
    const double share = base.crop.height * base.crop.width / 1e4;
    extent.smallest_crop = std::min(extent.smallest_crop, share);
    if (base.jitter.count == 0) continue;
    ++extent.jitters;
    extent.farthest = std::max(extent.farthest, std::fabs(base.jitter.brightness - 1));
  }
  return extent;
}

ViewOptions weakened(double by) {
  ViewOptions options;  // SimCLR's: crops from 0.08, jitter of strength 0.8 in 0.8 of the views
  options.weaken = by;
  return options;
}

// Sides are whole pixels, and few draws come near an end.
constexpr double kNear = 0.02;

TEST(Weaken, AtOneLeavesWeakViews) {
  const Extent extent = extent_of(weakened(1));
  EXPECT_NEAR(extent.smallest_crop, 0.4, kNear);
  EXPECT_NEAR(extent.jitters, 0.2 * kDraws, 3 * std::sqrt(0.2 * 0.8 * kDraws));
  EXPECT_NEAR(extent.farthest, 0.2, kNear);
}

TEST(Weaken, GoesStraightFromTheViewsAsGiven) {
  const Extent extent = extent_of(weakened(0.5));
  EXPECT_NEAR(extent.smallest_crop, (0.08 + 0.4) / 2, kNear);
  EXPECT_NEAR(extent.jitters, 0.5 * kDraws, 3 * std::sqrt(0.5 * 0.5 * kDraws));
  EXPECT_NEAR(extent.farthest, (0.8 + 0.2) / 2, kNear);
}

TEST(Weaken, NeverAsksForMoreThanTheLargestCrop) {
  ViewOptions options = weakened(1);
  options.crop_max = 0.3;
  EXPECT_NEAR(extent_of(options).smallest_crop, 0.3, kNear);
  options.crop_min = 0.7;
  options.crop_max = 1;
  EXPECT_NEAR(extent_of(options).smallest_crop, 0.7, kNear);
}

TEST(Weaken, LeavesOtherDrawsAlone) {
  const ViewOptions strong = weakened(0);
  const ViewOptions weak = weakened(1);
  for (std::uint64_t index = 0; index < 200; ++index) {
    const Base one = draw_base(strong, {.seed = 5, .index = index}, kSource);
    const Base other = draw_base(weak, {.seed = 5, .index = index}, kSource);
    EXPECT_EQ(one.flip, other.flip);
    EXPECT_EQ(one.grayscale, other.grayscale);
    EXPECT_EQ(one.blur, other.blur);
  }
}

}  // namespace
}  // namespace inflow
