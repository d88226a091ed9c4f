#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/ops/view.hpp"
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

TEST(RenderDeathTest, AbortsIfTheCropIsEmptyOrEndsTooFarAway) {
  const Image in = support::noise({.height = 8, .width = 8});
  RenderScratch scratch;
  for (const Box& crop :
       {Box{0, 0, 0, 4}, Box{0, 0, 4, -1}, Box{2147483647, 0, 2, 2}, Box{0, 2147483646, 2, 2}}) {
    const Base base{.crop = crop, .size = {.height = 4, .width = 4}};
    Image out;
    EXPECT_DEATH(render_base(Profile::pil, in, base, out, scratch),
                 "crop is empty or ends too far away");
  }
}

}  // namespace
}  // namespace inflow
