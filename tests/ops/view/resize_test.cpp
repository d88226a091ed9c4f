#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/ops/view.hpp"
#include "support/golden_views.hpp"

namespace inflow {
namespace {

using testing::ElementsAre;

Image rendered(const Image& in, const Base& base) {
  RenderScratch scratch;
  Image out;
  render_base(Profile::pil, in, base, out, scratch);
  return out;
}

Base resize_to(Size size, const Image& in, Filter filter, bool antialias) {
  return {.crop = {.height = in.rows, .width = in.cols},
          .size = size,
          .filter = filter,
          .antialias = antialias};
}

TEST(ResizeWithoutAntialiasing, MatchesTorchvisionsTensorsButForRounding) {
  support::expect_golden_but_for_rounding("interpolated");
}

// To half the size: the two taps lie on either side of the output pixel's middle.
TEST(ResizeWithoutAntialiasing, TakesTwoNeighborsHoweverMuchItShrinks) {
  const Image in = support::gray({{0, 0, 0, 100, 60, 0, 0, 0}});
  const Image one = rendered(in, resize_to({1, 1}, in, Filter::bilinear, false));
  EXPECT_EQ(one(0, 0)[0], 80);
  const Image all = rendered(in, resize_to({1, 1}, in, Filter::bilinear, true));
  EXPECT_LT(all(0, 0)[0], 45);
}

// Keys' cubic with a = -0.5 at distances of 1/4, 3/4, 5/4 and 7/4: (111 29 -9 -3) / 128.
TEST(ResizeBicubic, WeighsAsPillow) {
  const Image in = support::gray({{64, 64, 64, 192, 64, 64}});
  const Image out = rendered(in, resize_to({1, 12}, in, Filter::bicubic, true));
  EXPECT_THAT(support::reds(out), ElementsAre(64, 64, 64, 61, 55, 93, 175, 175, 93, 55, 61, 64));
}

// In the middle between two pixels Keys' cubic with a = -0.75 weighs (-3 19 19 -3) / 32.
TEST(ResizeBicubic, WeighsAsTorchvisionsTensorsWithoutAntialiasing) {
  const Image in = support::gray({{96, 0, 160, 0, 0, 0}});
  const Image out = rendered(in, resize_to({1, 3}, in, Filter::bicubic, false));
  EXPECT_EQ(out(0, 0)[0], 33);  // (-3 * 96 + 19 * 96 - 3 * 160) / 32
}

TEST(ResizeBicubic, StaysWithinBytesWhereItOvershoots) {
  const Image in = support::gray({{0, 255, 255, 0, 0, 255}});
  for (const bool antialias : {true, false}) {
    const Image out = rendered(in, resize_to({1, 24}, in, Filter::bicubic, antialias));
    EXPECT_THAT(support::reds(out), testing::Contains(255)) << antialias;
    EXPECT_THAT(support::reds(out), testing::Contains(0)) << antialias;
    // Next to the full and the empty pixels nothing has gone around.
    EXPECT_GT(out(0, 8)[0], 200) << antialias;
    EXPECT_LT(out(0, 17)[0], 60) << antialias;
  }
}

TEST(Resize, OfTheSizeItHasChangesNothing) {
  const Image in = support::noise({.height = 9, .width = 7});
  for (const Filter filter : {Filter::bilinear, Filter::bicubic}) {
    for (const bool antialias : {true, false}) {
      EXPECT_TRUE(
          support::same_pixels(rendered(in, resize_to(size_of(in), in, filter, antialias)), in));
    }
  }
}

TEST(CropBeyondTheEdge, IsBlackOutside) {
  const Image in = support::gray({{1, 2}, {3, 4}});
  const auto crop = [&](const Box& box) {
    return support::reds(rendered(in, {.crop = box, .size = {box.height, box.width}}));
  };
  EXPECT_THAT(crop({-1, -1, 2, 2}), ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(crop({1, 1, 2, 2}), ElementsAre(4, 0, 0, 0));
  EXPECT_THAT(crop({-1, -1, 4, 4}), ElementsAre(0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0));
  EXPECT_THAT(crop({5, -7, 1, 2}), ElementsAre(0, 0));
}

// The black is there before the resize, which blends it in.
TEST(CropBeyondTheEdge, IsBlackBeforeItIsResized) {
  const Image in(2, 2, cv::Vec3b::all(200));
  const Image out = rendered(in, {.crop = {0, -2, 2, 4}, .size = {1, 1}});
  EXPECT_EQ(out(0, 0)[0], 100);
}

}  // namespace
}  // namespace inflow
