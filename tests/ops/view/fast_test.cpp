#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <rapidcheck/gtest.h>

#include "inflow/ops/view.hpp"
#include "support/any_view.hpp"
#include "support/fast_reference.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::any_view;
using support::AnyView;
using support::Deviation;
using support::input_picture;
using support::rendered;

TEST(FastView, StaysWithinTwoLevelsOfTorchvisionInEachStep) {
  for (const auto& [group, deviation] : support::fast_deviations()) {
    if (group == "whole view") continue;
    EXPECT_LE(deviation.most, 2) << group;
    EXPECT_LT(std::abs(deviation.signed_mean()), 0.05) << group;
  }
}

TEST(FastView, WholeViewsStayCloseToTorchvision) {
  const Deviation deviation = support::fast_deviations().at("whole view");
  EXPECT_GE(deviation.share_within_two(), 0.999);
  EXPECT_LT(deviation.mean(), 0.3);
  EXPECT_LT(std::abs(deviation.signed_mean()), 0.05);
}

TEST(FastView, KeepsFlatPicturesHoweverMuchTheyShrink) {
  for (const Filter filter : {Filter::bilinear, Filter::bicubic}) {
    for (const int length : {1000, 1024, 1025, 2000, 30000}) {
      for (int value = 0; value < 256; value += 15) {
        const Image in(length, 40, cv::Vec3b::all(static_cast<std::uint8_t>(value)));
        RenderScratch scratch;
        Image out;
        render_base(Profile::fast, in,
                    {.crop = {.height = length, .width = 40},
                     .size = {.height = 32, .width = 32},
                     .filter = filter},
                    out, scratch);
        for (const cv::Vec3b& pixel : out) ASSERT_NEAR(pixel[0], value, 2) << length;
      }
    }
  }
}

// What resizes between few pixels take of which is kept in it.
TEST(FastView, DoesNotDependOnWhatTheScratchHeld) {
  RenderScratch used;
  for (const int to : {64, 7, 65, 33, 64}) {
    for (const bool flip : {false, true}) {
      for (int from = 1; from < 70; ++from) {
        AnyView any{.picture = support::noise({.height = 70, .width = 70}), .view = {}};
        any.view.base = {.crop = {.height = 71 - from, .width = from},
                         .size = {.height = 70 - to, .width = to},
                         .antialias = from % 3 == 0,
                         .flip = flip};
        any.view.base.filter = from % 2 == 0 ? Filter::bilinear : Filter::bicubic;
        ASSERT_EQ(rendered(any, used), rendered(any)) << from << " to " << to;
      }
    }
  }
}

RC_GTEST_PROP(FastView, GivesTheSameBitsWithEveryKindOfVectors, ()) {
  const AnyView any = any_view();
  const std::vector<std::byte> expected = rendered(any);
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    const std::vector<std::byte> row = rendered(any);
    hwy::SetSupportedTargetsForTest(0);
    RC_ASSERT(row == expected);
  }
}

TEST(FastView, IsTriedWithSeveralKindsOfVectors) {
  EXPECT_GE(hwy::SupportedAndGeneratedTargets().size(), 2U);
}

RC_GTEST_PROP(FastView, SaysTheSameInEveryTypeAndLayout, ()) {
  AnyView any = any_view();
  Finish& finish = any.view.finish;
  finish = {.channels = 3, .dtype = Dtype::uint8, .layout = Layout::nhwc};
  const std::vector<std::byte> pixels = rendered(any);
  const std::size_t plane = pixels.size() / 3;

  finish.layout = Layout::nchw;
  const std::vector<std::byte> planes = rendered(any);
  for (std::size_t i = 0; i < pixels.size(); ++i)
    RC_ASSERT(planes[i % 3 * plane + i / 3] == pixels[i]);

  finish.dtype = Dtype::float32;
  const std::vector<std::byte> bytes = rendered(any);
  std::vector<float> floats(pixels.size());
  std::memcpy(floats.data(), bytes.data(), bytes.size());
  for (std::size_t i = 0; i < floats.size(); ++i) {
    const double level = 255 * static_cast<double>(floats[i]);
    RC_ASSERT(std::abs(level - std::to_integer<int>(planes[i])) <= 0.5001);
  }

  finish.layout = Layout::nhwc;
  const std::vector<std::byte> together = rendered(any);
  for (std::size_t i = 0; i < floats.size(); ++i) {
    float value = 0;
    std::memcpy(&value, together.data() + i * sizeof(float), sizeof(float));
    RC_ASSERT(value == floats[i % 3 * plane + i / 3]);
  }
}

RC_GTEST_PROP(FastView, KeepsTheValuesOfGreyPictures, ()) {
  AnyView any = any_view();
  for (cv::Vec3b& pixel : any.picture) pixel = cv::Vec3b::all(pixel[0]);
  any.view.base.crop = {.height = any.picture.rows, .width = any.picture.cols};
  any.view.base.size = size_of(any.picture);
  any.view.base.flip = false;
  any.view.base.jitter = {.count = 2, .saturation = 3, .hue_shift = 0.3F};
  any.view.base.jitter.order = {JitterPart::hue, JitterPart::saturation, JitterPart::brightness,
                                JitterPart::contrast};
  any.view.base.grayscale = true;
  any.view.base.blur = {};
  any.view.base.solarize.reset();
  any.view.finish = {.channels = 1, .dtype = Dtype::uint8};
  const std::vector<std::byte> row = rendered(any);
  for (std::size_t i = 0; i < row.size(); ++i) {
    RC_ASSERT(std::to_integer<int>(row[i]) == any.picture(static_cast<int>(i))[0]);
  }
}

RC_GTEST_PROP(FastView, FlatPicturesStayFlat, ()) {
  AnyView any = any_view();
  any.picture.setTo(cv::Scalar(200, 31, 90));
  any.view.base.crop.top = std::max(any.view.base.crop.top, 0);
  any.view.base.crop.left = std::max(any.view.base.crop.left, 0);
  any.view.base.crop.height =
      std::min(any.view.base.crop.height, any.picture.rows - any.view.base.crop.top);
  any.view.base.crop.width =
      std::min(any.view.base.crop.width, any.picture.cols - any.view.base.crop.left);
  RC_PRE(any.view.base.crop.height > 0 && any.view.base.crop.width > 0);
  any.view.base.jitter.count = 0;
  any.view.base.grayscale = false;
  any.view.base.solarize.reset();
  any.view.finish = {.channels = 3, .dtype = Dtype::uint8, .layout = Layout::nhwc};
  const std::vector<std::byte> row = rendered(any);
  for (std::size_t i = 0; i < row.size(); ++i) {
    RC_ASSERT(std::to_integer<int>(row[i]) == (i % 3 == 0 ? 200 : i % 3 == 1 ? 31 : 90));
  }
}

// Steps that are defined on bytes come after the fixed point, and are those of profile pil.
TEST(FastView, EndsInBytesWhereTheStepsAreDefinedOnThem) {
  AnyView any{.picture = input_picture("photo_32x32"), .view = {}};
  any.view.base.crop = {.height = 32, .width = 32};
  any.view.base.size = {.height = 32, .width = 32};
  any.view.base.blur = {.sigma = 1.3F, .form = BlurForm::boxes};
  any.view.base.solarize = 100;
  any.view.base.equalize = true;
  any.view.finish = {.channels = 3, .dtype = Dtype::uint8, .layout = Layout::nhwc};
  EXPECT_EQ(rendered(any), rendered(any, Profile::pil));
}

TEST(FastView, CutsOutWhereTheViewSays) {
  AnyView any{.picture = input_picture("photo_32x32"), .view = {}};
  any.view.base.crop = {.height = 32, .width = 32};
  any.view.base.size = {.height = 32, .width = 32};
  any.view.finish = {.channels = 3, .dtype = Dtype::uint8, .layout = Layout::nhwc};
  any.view.finish.mean = {0.4F, 0.5F, 0.3F};
  any.view.finish.cutout = Box{.top = 3, .left = 0, .height = 9, .width = 31};
  EXPECT_EQ(rendered(any), rendered(any, Profile::pil));
}

}  // namespace
}  // namespace inflow
