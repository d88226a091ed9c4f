#include <cmath>
#include <cstddef>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "support/bases.hpp"
#include "support/golden.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

Image blurred_by_boxes(const Image& in, float sigma) {
  return support::blurred(in, {.sigma = sigma, .form = BlurForm::boxes});
}

// Boxes within a pixel, about as wide as the picture, and wider.
TEST(BoxBlur, MatchesPillowToTheBit) {
  const std::map<std::string, Image> inputs = support::input_pictures();
  const nlohmann::json boxes = support::golden_json("views/boxes.json");
  ASSERT_FALSE(boxes.at("cases").empty());
  for (const auto& sample : boxes.at("cases")) {
    const Image out = blurred_by_boxes(inputs.at(sample.at("picture")), sample.at("sigma"));
    EXPECT_EQ(support::crc32(out), sample.at("crc32")) << sample;
  }
}

// Radius 1 and nothing of the pixels beyond, three times along a row: 1 3 6 7 6 3 1 of 27. The
// variance of a box is 2/3, so that of the three together is 2.
TEST(BoxBlur, SpreadsAPointByThreeBoxes) {
  Image row(1, 9, cv::Vec3b::all(0));
  row(0, 4) = cv::Vec3b::all(255);
  const Image out = blurred_by_boxes(row, std::sqrt(2.0F));
  const std::vector<int> values = support::reds(out);
  const std::vector<int> exact{0, 9, 28, 57, 66, 57, 28, 9, 0};
  for (std::size_t i = 0; i < exact.size(); ++i) EXPECT_NEAR(values[i], exact[i], 1) << i;
}

TEST(BoxBlur, RepeatsTheBorder) {
  const Image out = blurred_by_boxes(support::gray({{90, 0, 0, 0, 0, 0, 0, 0, 0}}), 100);
  // So wide that all pixels weigh about the same, and those outside are the ones at the edge.
  EXPECT_GT(out(0, 0)[0], 40);
  EXPECT_GT(out(0, 8)[0], 35);
}

TEST(BoxBlur, LeavesFlatPicturesAloneHoweverSmall) {
  for (const Size size : {Size{1, 1}, Size{1, 7}, Size{2, 3}, Size{40, 50}}) {
    const Image flat(size.height, size.width, cv::Vec3b(0, 77, 255));
    EXPECT_TRUE(support::same_pixels(blurred_by_boxes(flat, 30), flat));
  }
}

}  // namespace
}  // namespace inflow
