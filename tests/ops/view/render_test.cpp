#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "inflow/ops/view.hpp"
#include "support/message.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

DrawnView full_view(Size size) {
  DrawnView view;
  view.base = {.crop = {.top = 3, .left = 2, .height = 21, .width = 19},
               .size = size,
               .flip = true,
               .jitter = {.count = 4, .brightness = 1.2F, .hue_shift = 0.1F},
               .grayscale = false,
               .blur = {.kernel = 3, .sigma = 1}};
  view.plan.count = 3;
  view.plan.steps[0] = {.op = op_number(catalog(), "rotate"), .magnitude = 20};
  view.plan.steps[1] = {
      .op = op_number(catalog(), "cutout"), .magnitude = 0.3F, .u = 0.5, .v = 0.5};
  view.plan.steps[2] = {.op = op_number(catalog(), "equalize")};
  view.finish = {.dtype = Dtype::uint8, .layout = Layout::nhwc};
  return view;
}

std::vector<std::uint8_t> rendered(const Image& in, const DrawnView& view, RenderScratch& scratch) {
  std::vector<std::uint8_t> row(row_bytes(view.finish, view.base.size));
  render(Profile::pil, catalog(), in, view, std::as_writable_bytes(std::span(row)), scratch);
  return row;
}

TEST(Render, IsBaseThenPlanThenFinish) {
  const Image in = support::noise({.height = 32, .width = 32});
  const DrawnView view = full_view({.height = 16, .width = 24});
  RenderScratch scratch;
  Image picture;
  Image next;
  render_base(Profile::pil, in, view.base, picture, scratch);
  apply(catalog(), view.plan, picture, next);
  std::vector<std::uint8_t> row(row_bytes(view.finish, view.base.size));
  write_row(picture, view.finish, std::as_writable_bytes(std::span(row)));
  EXPECT_EQ(rendered(in, view, scratch), row);
}

TEST(Render, LeavesItsInputAlone) {
  const Image in = support::noise({.height = 32, .width = 32});
  const Image before = in.clone();
  RenderScratch scratch;
  DrawnView view = full_view({.height = 32, .width = 32});
  rendered(in, view, scratch);
  view.base.crop = {.height = 32, .width = 32};
  rendered(in, view, scratch);
  EXPECT_TRUE(support::same_pixels(in, before));
}

TEST(Render, DoesNotDependOnWhatTheScratchHeld) {
  const Image in = support::noise({.height = 32, .width = 32});
  const DrawnView small = full_view({.height = 9, .width = 7});
  RenderScratch fresh;
  RenderScratch used;
  rendered(support::noise({.height = 90, .width = 80}), full_view({.height = 64, .width = 80}),
           used);
  EXPECT_EQ(rendered(in, small, fresh), rendered(in, small, used));
}

TEST(Render, StopsGrowingItsScratchAtTheLargestView) {
  const Image in = support::noise({.height = 32, .width = 32});
  RenderScratch scratch;
  rendered(in, full_view({.height = 40, .width = 40}), scratch);
  const std::uint8_t* picture = scratch.picture.data();
  const std::uint8_t* narrowed = scratch.narrowed.data();
  const float* blurred = scratch.blurred_rows.data();
  for (const int side : {8, 40, 1, 33})
    rendered(in, full_view({.height = side, .width = side}), scratch);
  EXPECT_EQ(scratch.picture.data(), picture);
  EXPECT_EQ(scratch.narrowed.data(), narrowed);
  EXPECT_EQ(scratch.blurred_rows.data(), blurred);
}

TEST(Render, TakesWindows) {
  const Image picture = support::noise({.height = 50, .width = 60});
  const Image window = picture(cv::Rect(7, 8, 32, 30));
  RenderScratch scratch;
  const DrawnView view = full_view({.height = 16, .width = 16});
  EXPECT_EQ(rendered(window, view, scratch), rendered(window.clone(), view, scratch));
}

// What render says of the view that `change` makes of a good one.
template <class Change>
std::string complaint(Change change) {
  DrawnView view = full_view({.height = 4, .width = 4});
  change(view);
  RenderScratch scratch;
  const Image in = support::noise({.height = 32, .width = 32});
  std::array<std::uint8_t, 48> row{};
  const std::string message = support::message_of<UsageError>([&] {
    render(Profile::fast, catalog(), in, view, std::as_writable_bytes(std::span(row)), scratch);
  });
  EXPECT_EQ(row, decltype(row){}) << "a pixel was touched";
  return message;
}

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

TEST(Render, NamesWhatCannotBeRenderedBeforeAnyPixelIsTouched) {
  EXPECT_EQ(complaint([](DrawnView& view) { view.base.crop.height = 0; }),
            "drawn view: base.crop.height must be an integer from 1.0 to 1048576.0: 0");
  EXPECT_EQ(complaint([](DrawnView& view) { view.base.crop.top = 2147483647; }),
            "drawn view: base.crop.top must be an integer from -1073741824.0 to 1073741824.0: "
            "2147483647");
  EXPECT_EQ(complaint([](DrawnView& view) {
              view.base.crop = {0, 0, 1 << 15, 1 << 15};
            }),
            "drawn view: base.crop must be of at most 268435456 pixels: [0,0,32768,32768]");
  EXPECT_EQ(complaint([](DrawnView& view) { view.base.size.width = 16385; }),
            "drawn view: base.size.width must be an integer from 1.0 to 16384.0: 16385");
  EXPECT_EQ(complaint([](DrawnView& view) { view.base.jitter.count = 5; }),
            "drawn view: base.jitter.count must be an integer from 0.0 to 4.0: 5");
  EXPECT_EQ(complaint([](DrawnView& view) { view.base.jitter.order[2] = JitterPart{4}; }),
            "drawn view: base.jitter.order must be of the names it may have: 4");
  EXPECT_EQ(complaint([](DrawnView& view) { view.base.jitter.contrast = kNone; }),
            "drawn view: base.jitter.contrast must be a number from 0.0 to 255.0: nan");
  EXPECT_EQ(complaint([](DrawnView& view) { view.base.blur.kernel = 4; }),
            "drawn view: base.blur.kernel must be odd, or 0 for none: 4");
  EXPECT_EQ(complaint([](DrawnView& view) { view.base.blur.sigma = -0.5F; }),
            "drawn view: base.blur.sigma must be a number from 0.0 to 1000.0: -0.5");
  EXPECT_EQ(complaint([](DrawnView& view) { view.base.solarize = 257; }),
            "drawn view: base.solarize must be an integer from 0.0 to 256.0: 257");
  EXPECT_EQ(complaint([](DrawnView& view) { view.finish.channels = 2; }),
            "drawn view: finish.channels must be 1 or 3: 2");
  EXPECT_EQ(complaint([](DrawnView& view) {
              view.finish.cutout = Box{0, 2, 4, 3};
            }),
            "drawn view: finish.cutout must be inside the view: [0,2,4,3]");
  EXPECT_EQ(complaint([](DrawnView& view) { view.plan.steps[0].magnitude = kNone; }),
            "drawn view: plan: step 0: magnitude of rotate must lie in [-360, 360]: nan");
  EXPECT_EQ(complaint([](DrawnView& view) { view.plan.steps[1].op = 17; }),
            "drawn view: plan: step 1: op number must be below 17: 17");
  EXPECT_EQ(complaint([](DrawnView& view) { view.base.size.width = 5; }),
            "row must have 60 bytes: 48");
}

TEST(Render, RefusesAnEmptyAndATooLargePicture) {
  const Base base{.crop = {.height = 2, .width = 2}, .size = {.height = 2, .width = 2}};
  RenderScratch scratch;
  for (const Profile profile : {Profile::pil, Profile::fast}) {
    const auto message = [&](const Image& in) {
      Image out;
      return support::message_of<UsageError>([&] { render_base(profile, in, base, out, scratch); });
    };
    EXPECT_EQ(message(Image(0, 5)), "picture has no pixels: 0x5");
    EXPECT_EQ(message(Image(kMostSide + 1, 1)),
              "picture must have at most 1048576 pixels on a side and 268435456 in all: 1048577x1");
  }
}

TEST(RenderBase, NamesWhatCannotBeRendered) {
  RenderScratch scratch;
  Image out;
  Base base{.crop = {.height = 4, .width = 4}, .size = {.height = 4, .width = 4}};
  base.blur.sigma = kNone;
  EXPECT_EQ(support::message_of<UsageError>(
                [&] { render_base(Profile::pil, support::gray({{1}}), base, out, scratch); }),
            "drawn view: base.blur.sigma must be a number from 0.0 to 1000.0: nan");
  EXPECT_TRUE(out.empty());
}

TEST(RenderBase, RefusesGapsBetweenRowsInProfileFast) {
  RenderScratch scratch;
  Image around(4, 9, cv::Vec3b::all(7));
  Image out = around.colRange(1, 5);
  const Base base{.crop = {.height = 4, .width = 4}, .size = {.height = 4, .width = 4}};
  EXPECT_EQ(support::message_of<UsageError>(
                [&] { render_base(Profile::fast, support::gray({{1}}), base, out, scratch); }),
            "profile fast renders into pictures without gaps between rows");
  EXPECT_TRUE(support::same_pixels(around, Image(4, 9, cv::Vec3b::all(7))));
}

}  // namespace
}  // namespace inflow
