#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/ops/view.hpp"
#include "support/golden.hpp"
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
TEST(Blur, MatchesTorchvisionButForRounding) {
  RenderScratch scratch;
  std::size_t values = 0;
  std::size_t different = 0;
  const nlohmann::json blurs = support::golden_json("views/blurs.json");
  for (const auto& sample : blurs.at("cases")) {
    const std::string name = sample.at("name");
    const DrawnView view = drawn_view_from_json(sample.at("view").dump(), catalog());
    Image out;
    render_base(Profile::pil, support::input_picture(sample.at("picture")), view.base, out,
                scratch);
    const std::vector<int> ours = support::values(out);
    const std::vector<int> theirs =
        support::values(support::golden_picture("views/blurs/" + name + ".png"));
    ASSERT_EQ(ours.size(), theirs.size()) << name;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      ASSERT_LE(std::abs(ours[i] - theirs[i]), 1) << name << " at " << i;
      different += ours[i] != theirs[i] ? 1U : 0U;
    }
    values += ours.size();
  }
  EXPECT_LE(static_cast<double>(different), 0.001 * static_cast<double>(values));
}

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
