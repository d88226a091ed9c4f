// JPEG files decoded at a part of their size.

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "inflow/pipeline/picture.hpp"
#include "inflow/pipeline/window.hpp"
#include "support/any_window.hpp"
#include "support/golden.hpp"
#include "support/jpeg_forms.hpp"
#include "support/shares.hpp"

namespace inflow {
namespace {

using support::read_form;

WindowOf all_of_it(int shrunk) {
  return
      [shrunk](Size size) { return Wanted({.height = size.height, .width = size.width}, shrunk); };
}

// Of a view to what its base means, without any rounding. Only a crop and a size.
double largest_difference(const Image& view, const Image& picture, const Base& base) {
  double largest = 0;
  for (int y = 0; y < view.rows; ++y) {
    const auto down = support::shares(
        support::stretch(base.crop.top, base.crop.height, base.shrunk), base, view.rows, y);
    for (int x = 0; x < view.cols; ++x) {
      const auto across = support::shares(
          support::stretch(base.crop.left, base.crop.width, base.shrunk), base, view.cols, x);
      std::array<double, 3> sums{};
      for (std::size_t row = 0; row < down.size(); ++row) {
        for (std::size_t column = 0; column < across.size(); ++column) {
          if (down[row] == 0 || across[column] == 0) continue;
          const cv::Vec3b& pixel = picture(static_cast<int>(row), static_cast<int>(column));
          for (int i = 0; i < 3; ++i)
            sums[static_cast<std::size_t>(i)] += down[row] * across[column] * pixel[i];
        }
      }
      for (int i = 0; i < 3; ++i) {
        const double expected = std::clamp(sums[static_cast<std::size_t>(i)], 0.0, 255.0);
        largest = std::max(largest, std::abs(expected - view(y, x)[i]));
      }
    }
  }
  return largest;
}

TEST(ScaledJpeg, HasTheBitsOfPillow) {
  const nlohmann::json cases = support::golden_json("jpegs/scaled.json").at("wholes");
  for (const nlohmann::json& entry : cases) {
    const Sample sample = read_form(entry.at("name"), all_of_it(entry.at("shrunk")));
    EXPECT_EQ(sample.shrunk, entry.at("shrunk"));
    EXPECT_EQ(sample.whole, (Size{.height = 113, .width = 151}));
    EXPECT_EQ(support::crc32(sample.image), entry.at("crc32")) << entry;
  }
  EXPECT_EQ(cases.size(), 18U);
}

TEST(ScaledJpeg, IsRenderedToTheBitsOfPillow) {
  const nlohmann::json cases = support::golden_json("jpegs/scaled.json").at("views");
  ASSERT_EQ(cases.size(), 36U);
  for (const nlohmann::json& entry : cases) {
    const auto crop = entry.at("crop").get<std::vector<int>>();
    const auto size = entry.at("size").get<std::vector<int>>();
    const Base drawn{
        .crop = {.top = crop[0], .left = crop[1], .height = crop[2], .width = crop[3]},
        .shrunk = entry.at("shrunk"),
        .size = {.height = size[0], .width = size[1]},
        .filter = entry.at("filter") == "bicubic" ? Filter::bicubic : Filter::bilinear};
    const Sample sample =
        read_form(entry.at("name"), [&](Size) { return Wanted(drawn.crop, drawn.shrunk); });
    Base base = drawn;
    base.crop = in_sample(drawn.crop, sample);
    Image view;
    RenderScratch scratch;
    render_base(Profile::pil, sample.image, base, view, scratch);
    EXPECT_EQ(support::crc32(view), entry.at("crc32")) << entry;
    Image fast;
    render_base(Profile::fast, sample.image, base, fast, scratch);
    EXPECT_LT(largest_difference(fast, sample.image, base), 1) << entry;
  }
}

RC_GTEST_PROP(ScaledJpeg, GivesAWindowTheBitsOfTheWhole, ()) {
  const std::string form =
      *rc::gen::elementOf(std::vector<std::string>{"halved", "halved_across", "full", "grey"});
  const int shrunk = *rc::gen::elementOf(std::vector<int>{2, 4, 8});
  const Sample whole = read_form(form, all_of_it(shrunk));
  const Box wanted = support::any_window(whole.whole);
  const Sample sample = read_form(form, [&](Size) { return Wanted(wanted, shrunk); });
  const Box& window = sample.window;
  RC_ASSERT(window.top % shrunk == 0 && window.left % shrunk == 0);
  RC_ASSERT(window.height == shrunk * sample.image.rows &&
            window.width == shrunk * sample.image.cols);
  RC_ASSERT(window.top <= wanted.top && window.left <= wanted.left);
  RC_ASSERT(window.top + window.height >= wanted.top + wanted.height);
  RC_ASSERT(window.left + window.width >= wanted.left + wanted.width);
  // Around what is wanted too little may be decoded for its own bits to be right.
  const int top = wanted.top / shrunk;
  const int left = wanted.left / shrunk;
  const cv::Rect seen(left, top, (wanted.left + wanted.width + shrunk - 1) / shrunk - left,
                      (wanted.top + wanted.height + shrunk - 1) / shrunk - top);
  const cv::Point first(window.left / shrunk, window.top / shrunk);
  RC_ASSERT(support::same_pixels(sample.image(seen - first), whole.image(seen)));
}

TEST(ScaledJpeg, ComesWholeWhereItMay) {
  EXPECT_EQ(read_form("full", all_of_it(4), {}).shrunk, 1);
  EXPECT_EQ(read_form("print", all_of_it(4)).shrunk, 1);
  EXPECT_EQ(read_form("full", {}).shrunk, 1);
  const DecodeOptions turns{.decode = Decoding::scaled, .orientation = TurnedPicture::apply};
  for (const auto& [orientation, shrunk] : {std::pair("1", 2), std::pair("6", 1)}) {
    Sample sample;
    const std::string path =
        support::golden(std::string("decode/turned_") + orientation + ".jpg").string();
    ASSERT_EQ(read_picture(path, turns, all_of_it(2), sample).fault, Fault::none);
    EXPECT_EQ(sample.shrunk, shrunk) << path;
  }
}

TEST(ScaledJpeg, MayBeAsSmallAsAllCropsAllow) {
  const Size whole{.height = 400, .width = 600};
  Base base{.crop = {.height = 400, .width = 600}, .size = {.height = 100, .width = 100}};
  EXPECT_EQ(most_shrinking(base, whole), 4);
  base.size = {.height = 101, .width = 100};
  EXPECT_EQ(most_shrinking(base, whole), 2);
  base.size = {.height = 40, .width = 10};
  EXPECT_EQ(most_shrinking(base, whole), 8);
  base.antialias = false;
  EXPECT_EQ(most_shrinking(base, whole), 1);
  base.antialias = true;
  base.crop.left = 1;
  EXPECT_EQ(most_shrinking(base, whole), 1);
}

}  // namespace
}  // namespace inflow
