#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/ops/view.hpp"
#include "support/bases.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

using testing::ElementsAre;

using support::rendered;
using support::resized;

// Keys' cubic with a = -0.5 at distances of 1/4, 3/4, 5/4 and 7/4: (111 29 -9 -3) / 128.
TEST(ResizeBicubic, WeighsAsPillow) {
  const Image in = support::gray({{64, 64, 64, 192, 64, 64}});
  const Image out = resized(in, {1, 12}, Filter::bicubic, true);
  EXPECT_THAT(support::reds(out), ElementsAre(64, 64, 64, 61, 55, 93, 175, 175, 93, 55, 61, 64));
}

TEST(ResizeBicubic, StaysWithinBytesWhereItOvershoots) {
  const Image in = support::gray({{0, 255, 255, 0, 0, 255}});
  for (const bool antialias : {true, false}) {
    const Image out = resized(in, {1, 24}, Filter::bicubic, antialias);
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
      EXPECT_TRUE(support::same_pixels(resized(in, size_of(in), filter, antialias), in));
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
