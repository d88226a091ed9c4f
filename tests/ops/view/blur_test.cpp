#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/ops/view.hpp"
#include "support/golden_views.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

Image blurred(const Image& in, const Blur& blur) {
  RenderScratch scratch;
  Image out;
  const Base base{.crop = {.height = in.rows, .width = in.cols}, .size = size_of(in), .blur = blur};
  render_base(Profile::pil, in, base, out, scratch);
  return out;
}

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

// Radius 1 and nothing of the pixels beyond, three times along a row: 1 3 6 7 6 3 1 of 27. The
// variance of a box is 2/3, so that of the three together is 2.
TEST(BlurByBoxes, SpreadsAPointByThreeBoxes) {
  Image row(1, 9, cv::Vec3b::all(0));
  row(0, 4) = cv::Vec3b::all(255);
  const Image out = blurred(row, {.sigma = std::sqrt(2.0F), .form = BlurForm::boxes});
  const std::vector<int> values = support::reds(out);
  const std::vector<int> exact{0, 9, 28, 57, 66, 57, 28, 9, 0};
  for (std::size_t i = 0; i < exact.size(); ++i) EXPECT_NEAR(values[i], exact[i], 1) << i;
}

TEST(BlurByBoxes, RepeatsTheBorder) {
  const Image out = blurred(support::gray({{90, 0, 0, 0, 0, 0, 0, 0, 0}}),
                            {.sigma = 100, .form = BlurForm::boxes});
  // So wide that all pixels weigh about the same, and those outside are the ones at the edge.
  EXPECT_GT(out(0, 0)[0], 40);
  EXPECT_GT(out(0, 8)[0], 35);
}

TEST(BlurByBoxes, LeavesFlatPicturesAloneHoweverSmall) {
  for (const Size size : {Size{1, 1}, Size{1, 7}, Size{2, 3}, Size{40, 50}}) {
    const Image flat(size.height, size.width, cv::Vec3b(0, 77, 255));
    EXPECT_TRUE(support::same_pixels(blurred(flat, {.sigma = 30, .form = BlurForm::boxes}), flat));
  }
}

TEST(Blur, LeavesFlatPicturesAloneEvenBelowTheKernelsSize) {
  for (const Size size : {Size{1, 1}, Size{1, 7}, Size{2, 3}, Size{40, 50}}) {
    const Image flat(size.height, size.width, cv::Vec3b(0, 77, 255));
    EXPECT_TRUE(support::same_pixels(blurred(flat, {.kernel = 23, .sigma = 2}), flat));
  }
}

}  // namespace
}  // namespace inflow
