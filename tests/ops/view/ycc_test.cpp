// Views of pictures in the colors of JPEG files.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <rapidcheck/gtest.h>

#include "inflow/ops/error.hpp"
#include "inflow/ops/view.hpp"
#include "support/any_view.hpp"
#include "support/message.hpp"
#include "support/pictures.hpp"
#include "support/shares.hpp"

namespace inflow {
namespace {

using support::any_view;
using support::AnyView;
using support::between;
using support::rendered;
using testing::HasSubstr;

constexpr std::array kPlanes{YccImage::luma, YccImage::blue, YccImage::red};

// Calls put(plane, y, x, value) for all values of an image of the size and halves that it has.
void for_each_value(YccImage& image, auto value_at) {
  for (const YccImage::Plane plane : kPlanes) {
    const int across = plane == YccImage::luma ? 1 : image.across();
    const int down = plane == YccImage::luma ? 1 : image.down();
    for (int y = 0; y * down < image.size().height; ++y) {
      for (int x = 0; x * across < image.size().width; ++x) {
        image.row(plane, y)[x] = static_cast<std::uint8_t>(value_at(plane, y, x));
      }
    }
  }
}

// With the values of a picture of three channels, at the places where there are values.
YccImage of_values(const Image& values, bool halved_across, bool halved_down) {
  YccImage image;
  image.create(size_of(values), halved_across, halved_down);
  for_each_value(image, [&](YccImage::Plane plane, int y, int x) { return values(y, x)[plane]; });
  return image;
}

YccImage of_grey(const Image& grey, bool halved_across, bool halved_down) {
  YccImage image;
  image.create(size_of(grey), halved_across, halved_down);
  for_each_value(image, [&](YccImage::Plane plane, int y, int x) {
    return plane == YccImage::luma ? grey(y, x)[0] : 128;
  });
  return image;
}

// With its crop moved into the picture.
AnyView any_view_inside() {
  AnyView any = any_view();
  Box& crop = any.view.base.crop;
  crop.top = std::clamp(crop.top, 0, any.picture.rows - crop.height);
  crop.left = std::clamp(crop.left, 0, any.picture.cols - crop.width);
  RC_PRE(renders_ycc(Profile::fast, any.view.base, size_of(any.picture)));
  any.view.base.ycc = true;
  return any;
}

bool any_bool() { return between(0, 1) == 0; }

// A plane, resized without any rounding; within the bytes that a plane holds.
double resized(const YccImage& image, YccImage::Plane plane, const Base& base, int y, int x) {
  const int across = plane == YccImage::luma ? 1 : image.across();
  const int down = plane == YccImage::luma ? 1 : image.down();
  const Box& crop = base.crop;
  const auto rows =
      support::shares(support::stretch(crop.top, crop.height, down), base, base.size.height, y);
  const auto columns =
      support::shares(support::stretch(crop.left, crop.width, across), base, base.size.width, x);
  double sum = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row] == 0) continue;
    const std::uint8_t* const values = image.row(plane, static_cast<int>(row));
    for (std::size_t column = 0; column < columns.size(); ++column) {
      sum += rows[row] * columns[column] * values[column];
    }
  }
  return std::clamp(sum, 0.0, 255.0);
}

// Red, green and blue by JFIF 1.02.
std::array<double, 3> rgb_of(double luma, double blue, double red) {
  const std::array<double, 3> rgb{luma + 1.402 * (red - 128),
                                  luma - 0.34414 * (blue - 128) - 0.71414 * (red - 128),
                                  luma + 1.772 * (blue - 128)};
  return {std::clamp(rgb[0], 0.0, 255.0), std::clamp(rgb[1], 0.0, 255.0),
          std::clamp(rgb[2], 0.0, 255.0)};
}

RC_GTEST_PROP(YccView, IsWhatItsPlanesMean, ()) {
  const AnyView any = any_view_inside();
  const Base& drawn = any.view.base;
  const Base base{.crop = drawn.crop,
                  .ycc = true,
                  .size = drawn.size,
                  .filter = drawn.filter,
                  .antialias = drawn.antialias};
  const YccImage in = of_values(any.picture, any_bool(), any_bool());
  RenderScratch scratch;
  Image out;
  render_base(Profile::fast, in, base, out, scratch);
  Base mirrored = base;
  mirrored.flip = true;
  Image flipped;
  render_base(Profile::fast, in, mirrored, flipped, scratch);
  for (int y = 0; y < out.rows; ++y) {
    for (int x = 0; x < out.cols; ++x) {
      const auto value = [&](YccImage::Plane plane) { return resized(in, plane, base, y, x); };
      const auto expected =
          rgb_of(value(YccImage::luma), value(YccImage::blue), value(YccImage::red));
      for (int i = 0; i < 3; ++i) {
        RC_ASSERT(std::abs(expected[static_cast<std::size_t>(i)] - out(y, x)[i]) < 1.25);
        RC_ASSERT(flipped(y, out.cols - 1 - x)[i] == out(y, x)[i]);
      }
    }
  }
}

// To the bit, whatever its steps, and whatever the sizes of its planes.
RC_GTEST_PROP(YccView, OfGreyIsThatOfTheGreyPicture, ()) {
  AnyView any = any_view_inside();
  for (cv::Vec3b& pixel : any.picture) pixel = cv::Vec3b::all(pixel[0]);
  any.view.base.equalize = any_bool();
  if (any_bool()) any.view.base.blur = {.sigma = 1.5F, .form = BlurForm::boxes};
  DrawnView of_rgb = any.view;
  of_rgb.base.ycc = false;
  RenderScratch scratch;
  const auto expected = rendered(any.picture, of_rgb, scratch);
  RC_ASSERT(rendered(of_grey(any.picture, any_bool(), any_bool()), any.view, scratch) == expected);
}

RC_GTEST_PROP(YccView, HasTheSameBitsWithEveryKindOfVectorsAndAnyScratch, ()) {
  static RenderScratch used;
  const AnyView any = any_view_inside();
  const YccImage in = of_values(any.picture, any_bool(), any_bool());
  const auto expected = rendered(in, any.view, used);
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    RenderScratch scratch;
    hwy::SetSupportedTargetsForTest(target);
    const auto row = rendered(in, any.view, scratch);
    hwy::SetSupportedTargetsForTest(0);
    RC_ASSERT(row == expected);
  }
}

// Of what lies outside the crop, nothing is seen, nor of what the memory held.
RC_GTEST_PROP(YccView, ShowsNothingButItsCrop, ()) {
  const AnyView any = any_view_inside();
  const Box& crop = any.view.base.crop;
  const bool across = any_bool();
  const bool down = any_bool();
  YccImage in = of_values(any.picture, across, down);
  RenderScratch scratch;
  const auto expected = rendered(in, any.view, scratch);
  // A larger picture in the same memory, with the crop where it was.
  in.create({.height = 200, .width = 200}, false, false);
  for_each_value(in, [](YccImage::Plane, int y, int x) { return 37 * y + 11 * x; });
  in.create({.height = any.picture.rows + 16, .width = any.picture.cols + 32}, across, down);
  for_each_value(in, [&](YccImage::Plane plane, int y, int x) {
    const int times_down = plane == YccImage::luma ? 1 : in.down();
    const int times_across = plane == YccImage::luma ? 1 : in.across();
    const bool is_seen =
        y >= crop.top / times_down && y <= (crop.top + crop.height - 1) / times_down &&
        x >= crop.left / times_across && x <= (crop.left + crop.width - 1) / times_across;
    return is_seen ? any.picture(y, x)[plane] : 255 - (y + x) % 2 * 255;
  });
  RC_ASSERT(rendered(in, any.view, scratch) == expected);
}

TEST(YccView, MustBeOneThatCanBeRenderedSo) {
  const Size size{.height = 20, .width = 30};
  const YccImage ycc = of_grey(support::noise(size), true, true);
  const Base good{
      .crop = {.height = 20, .width = 30}, .ycc = true, .size = {.height = 8, .width = 8}};
  RenderScratch scratch;
  Image out;
  render_base(Profile::fast, ycc, good, out, scratch);
  const auto refused = [&](Profile profile, const auto& picture, const Base& base) {
    return support::message_of<UsageError>(
        [&] { render_base(profile, picture, base, out, scratch); });
  };
  Base base = good;
  base.ycc = false;
  EXPECT_THAT(refused(Profile::fast, ycc, base), HasSubstr("base.ycc must be true"));
  EXPECT_THAT(refused(Profile::fast, support::noise(size), good),
              HasSubstr("base.ycc must be false"));
  EXPECT_THAT(refused(Profile::pil, ycc, good), HasSubstr("profile fast"));
  base = good;
  base.crop.left = 1;
  EXPECT_THAT(refused(Profile::fast, ycc, base), HasSubstr("inside"));
  base = good;
  base.crop.height = 1;
  base.crop.width = 29;
  base.size = {.height = 1, .width = 1};
  render_base(Profile::fast, ycc, base, out, scratch);
  base = good;
  base.shrunk = 2;
  EXPECT_THAT(refused(Profile::fast, ycc, base), HasSubstr("base.ycc"));
}

TEST(YccView, IsNotOfACropThatShrinksALot) {
  const Size size{.height = 400, .width = 400};
  Base base{.crop = {.height = 320, .width = 10}, .size = {.height = 10, .width = 10}};
  EXPECT_TRUE(renders_ycc(Profile::fast, base, size));
  EXPECT_FALSE(renders_ycc(Profile::pil, base, size));
  base.crop.height = 321;
  EXPECT_FALSE(renders_ycc(Profile::fast, base, size));
  base.crop = {.top = 391, .height = 10, .width = 10};
  EXPECT_FALSE(renders_ycc(Profile::fast, base, size));
}

TEST(YccImage, TakesMemoryOnceAndLetsGoOfIt) {
  YccImage image;
  EXPECT_EQ(image.bytes_held(), 0U);
  image.create({.height = 33, .width = 47}, false, false);
  const std::uint64_t held = image.bytes_held();
  EXPECT_EQ(held, YccImage::most_bytes({.height = 33, .width = 47}));
  const std::uint8_t* const first = image.row(YccImage::luma, 0);
  image.create({.height = 33, .width = 47}, true, true);
  EXPECT_EQ(image.row(YccImage::luma, 0), first);
  EXPECT_EQ(image.bytes_held(), held);
  image.release();
  EXPECT_EQ(image.bytes_held(), 0U);
  EXPECT_EQ(image.size(), Size{});
}

}  // namespace
}  // namespace inflow
