#include "inflow/pipeline/pixel_sums.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "support/pictures.hpp"

namespace inflow {
namespace {

void expect_those_of_opencv(const PixelSums& sums, const Image& image) {
  cv::Scalar mean;
  cv::Scalar stddev;
  cv::meanStdDev(image, mean, stddev);
  for (int channel = 0; channel < 3; ++channel) {
    const auto at = static_cast<std::size_t>(channel);
    EXPECT_NEAR(sums.mean()[at], mean[channel] / 255, 1e-12);
    EXPECT_NEAR(sums.stddev()[at], stddev[channel] / 255, 1e-9);
  }
}

TEST(PixelSums, GiveTheMeanAndDeviationOfOpenCv) {
  for (const int width : {1, 15, 16, 17, 100}) {
    const Image image = support::noise({.height = 7, .width = width}, 3);
    PixelSums sums;
    sums.add(image);
    expect_those_of_opencv(sums, image);
  }
}

TEST(PixelSums, GiveTheCovarianceOfOpenCv) {
  for (const int width : {1, 2, 33}) {
    const Image image = support::noise({.height = 9, .width = width}, 5);
    cv::Mat covariance;
    cv::Mat mean;
    const cv::Mat pixels = image.clone().reshape(1, static_cast<int>(image.total()));
    cv::calcCovarMatrix(pixels, covariance, mean,
                        cv::COVAR_NORMAL | cv::COVAR_ROWS | cv::COVAR_SCALE);
    PixelSums sums;
    sums.add(image);
    for (int at = 0; at < 9; ++at) {
      EXPECT_NEAR(sums.covariance()[static_cast<std::size_t>(at)],
                  covariance.at<double>(at / 3, at % 3) / (255.0 * 255.0), 1e-12)
          << at;
    }
  }
}

TEST(PixelSums, AreTheSameForAWindowOfALargerPicture) {
  const Image window = support::noise({.height = 30, .width = 40}, 3)(cv::Rect(3, 5, 21, 11));
  PixelSums sums;
  sums.add(window);
  expect_those_of_opencv(sums, window);
}

TEST(PixelSums, OfPicturesAreThoseOfOnePictureOfAll) {
  const Image upper = support::noise({.height = 5, .width = 33}, 1);
  const Image lower = support::noise({.height = 9, .width = 33}, 2);
  PixelSums sums;
  sums.add(lower);
  PixelSums more;
  more.add(upper);
  sums.add(more);
  PixelSums alone;
  alone.add(lower);
  EXPECT_NE(sums.covariance(), alone.covariance());
  Image both;
  cv::vconcat(upper, lower, both);
  expect_those_of_opencv(sums, both);
}

TEST(PixelSums, DoNotOverflowInALongRow) {
  const Image white(1, 1 << 20, cv::Vec3b(255, 255, 255));
  PixelSums sums;
  sums.add(white);
  EXPECT_THAT(sums.mean(), testing::Each(1.0));
  EXPECT_THAT(sums.stddev(), testing::Each(0.0));
}

TEST(PixelSums, OfNothingAreZero) {
  EXPECT_THAT(PixelSums().mean(), testing::Each(0.0));
  EXPECT_THAT(PixelSums().stddev(), testing::Each(0.0));
}

TEST(IsGrey, SeesASinglePixelOfColor) {
  Image image(3, 4, cv::Vec3b(7, 7, 7));
  EXPECT_TRUE(is_grey(image));
  for (int channel = 0; channel < 3; ++channel) {
    image(2, 3) = {7, 7, 7};
    image(2, 3)[channel] = 8;
    EXPECT_FALSE(is_grey(image));
  }
}

}  // namespace
}  // namespace inflow
