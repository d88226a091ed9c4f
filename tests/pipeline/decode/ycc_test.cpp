// JPEG files decoded to the colors that they store.

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "inflow/pipeline/picture.hpp"
#include "support/any_window.hpp"
#include "support/golden.hpp"
#include "support/jpeg_forms.hpp"

namespace inflow {
namespace {

using support::jpeg_form;
using support::read_form;

constexpr DecodeOptions kScaled{.decode = Decoding::scaled};
constexpr Size kSize{.height = 113, .width = 151};

WindowOf as_ycc(const Box& window, int shrunk = 1) {
  return [=](Size) { return Wanted(window, shrunk, /*as_ycc=*/true); };
}

WindowOf all_as_ycc(int shrunk = 1) {
  return as_ycc({.height = kSize.height, .width = kSize.width}, shrunk);
}

// A value of a plane as libjpeg upsamples it: a quarter of the way to the next one along each
// halved axis, rounded up and down in turns.
std::uint8_t upsampled(const YccImage& image, YccImage::Plane plane, int y, int x) {
  const bool down = plane != YccImage::luma && image.down() == 2;
  const bool across = plane != YccImage::luma && image.across() == 2;
  const auto next = [](int at, int size) {
    return std::clamp(at / 2 + (at % 2 == 0 ? -1 : 1), 0, (size - 1) / 2);
  };
  // So many times the value of a column.
  const auto column = [&](int at) -> int {
    if (!down) return image.row(plane, y)[at];
    return 3 * image.row(plane, y / 2)[at] + image.row(plane, next(y, image.size().height))[at];
  };
  if (!across) return static_cast<std::uint8_t>(column(x));
  const int sum = 3 * column(x / 2) + column(next(x, image.size().width));
  const int half = down ? (x % 2 == 0 ? 8 : 7) : (x % 2 == 0 ? 1 : 2);
  return static_cast<std::uint8_t>((sum + half) >> (down ? 4 : 2));
}

TEST(YccJpeg, HasTheValuesOfPillow) {
  const nlohmann::json cases = support::golden_json("jpegs/ycc.json").at("cases");
  ASSERT_EQ(cases.size(), 5U);
  for (const nlohmann::json& entry : cases) {
    const Sample sample = read_form(entry.at("name"), all_as_ycc());
    ASSERT_TRUE(sample.is_ycc);
    ASSERT_EQ(sample.ycc.size(), kSize);
    Image values(kSize.height, kSize.width);
    for (int y = 0; y < values.rows; ++y) {
      for (int x = 0; x < values.cols; ++x) {
        for (const YccImage::Plane plane : {YccImage::luma, YccImage::blue, YccImage::red})
          values(y, x)[plane] = upsampled(sample.ycc, plane, y, x);
      }
    }
    EXPECT_EQ(support::crc32(values), entry.at("crc32")) << entry;
  }
}

RC_GTEST_PROP(YccJpeg, GivesAWindowTheValuesOfTheWhole, ()) {
  const std::string form = *rc::gen::elementOf(
      std::vector<std::string>{"halved", "halved_across", "full", "progressive", "restarts"});
  const Sample whole = read_form(form, all_as_ycc());
  const Box wanted = support::any_window(kSize);
  const Sample sample = read_form(form, as_ycc(wanted));
  const Box& window = sample.window;
  RC_ASSERT(sample.is_ycc);
  RC_ASSERT(sample.ycc.size() == (Size{.height = window.height, .width = window.width}));
  RC_ASSERT(window.left == 0 && window.width == kSize.width);
  RC_ASSERT(window.top <= wanted.top && window.top > wanted.top - 16);
  RC_ASSERT(window.top + window.height == wanted.top + wanted.height);
  for (const YccImage::Plane plane : {YccImage::luma, YccImage::blue, YccImage::red}) {
    const int down = plane == YccImage::luma ? 1 : whole.ycc.down();
    const int across = plane == YccImage::luma ? 1 : whole.ycc.across();
    const int width = (kSize.width + across - 1) / across;
    RC_ASSERT(window.top % down == 0);
    for (int y = 0; y * down < window.height; ++y) {
      const std::uint8_t* const row = sample.ycc.row(plane, y);
      RC_ASSERT(std::equal(row, row + width, whole.ycc.row(plane, window.top / down + y)));
    }
  }
}

TEST(YccJpeg, IsGivenWhereItMayBe) {
  EXPECT_FALSE(read_form("full", all_as_ycc(), {}).is_ycc);
  EXPECT_FALSE(read_form("full", {}).is_ycc);
  EXPECT_FALSE(read_form("grey", all_as_ycc()).is_ycc);
  EXPECT_FALSE(read_form("print", all_as_ycc()).is_ycc);
  const Sample shrunk = read_form("full", all_as_ycc(2));
  EXPECT_FALSE(shrunk.is_ycc);
  EXPECT_EQ(shrunk.shrunk, 2);
  const DecodeOptions turns{.decode = Decoding::scaled, .orientation = TurnedPicture::apply};
  for (const auto& [orientation, is_ycc] : {std::pair("1", true), std::pair("6", false)}) {
    Sample sample;
    const std::string path =
        support::golden(std::string("decode/turned_") + orientation + ".jpg").string();
    const auto all = [](Size size) {
      return Wanted({.height = size.height, .width = size.width}, 1, /*as_ycc=*/true);
    };
    ASSERT_EQ(read_picture(path, turns, all, sample).fault, Fault::none);
    EXPECT_EQ(sample.is_ycc, is_ycc) << path;
  }
}

TEST(YccJpeg, IsForgottenByTheNextPicture) {
  Sample sample = read_form("halved", all_as_ycc());
  ASSERT_TRUE(sample.is_ycc);
  ASSERT_EQ(read_picture(jpeg_form("grey"), kScaled, all_as_ycc(), sample).fault, Fault::none);
  EXPECT_FALSE(sample.is_ycc);
  EXPECT_EQ(sample.size(), kSize);
  EXPECT_EQ(sample.size(), size_of(sample.image));
}

TEST(YccJpeg, TakesNoMoreMemoryThanThereIsRoomFor) {
  const std::uint64_t most = YccImage::most_bytes(kSize);
  const std::uint64_t file = std::filesystem::file_size(jpeg_form("full"));
  Sample sample = read_form("full", {});
  sample.room = file + most;
  ASSERT_EQ(read_picture(jpeg_form("full"), kScaled, all_as_ycc(), sample).fault, Fault::none);
  EXPECT_TRUE(sample.image.empty());
  EXPECT_EQ(sample.ycc.bytes_held(), most);
  ASSERT_EQ(read_picture(jpeg_form("full"), kScaled, {}, sample).fault, Fault::none);
  EXPECT_EQ(sample.ycc.bytes_held(), 0U);
  sample.room = file + most - 1;
  EXPECT_EQ(read_picture(jpeg_form("full"), kScaled, all_as_ycc(), sample).fault, Fault::no_room);
  // Both stay where both fit.
  sample.room = file + 3 * most;
  ASSERT_EQ(read_picture(jpeg_form("full"), kScaled, {}, sample).fault, Fault::none);
  ASSERT_EQ(read_picture(jpeg_form("full"), kScaled, all_as_ycc(), sample).fault, Fault::none);
  EXPECT_FALSE(sample.image.empty());
}

}  // namespace
}  // namespace inflow
