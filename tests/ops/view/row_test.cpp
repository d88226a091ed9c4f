#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "inflow/ops/view.hpp"
#include "support/golden.hpp"
#include "support/message.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

using testing::ElementsAre;

template <class Value>
std::vector<Value> row_of(const Image& image, const Finish& finish) {
  std::vector<Value> row(row_bytes(finish, size_of(image)) / sizeof(Value));
  write_row(image, finish, std::as_writable_bytes(std::span(row)));
  return row;
}

// Two pixels, one above the other.
Image two_colors() {
  Image image(2, 1);
  image(0, 0) = {1, 2, 3};
  image(1, 0) = {4, 5, 6};
  return image;
}

TEST(Row, IsRefusedWhereItsBytesDoNotFit) {
  alignas(float) std::array<std::byte, 28> row{};
  const Image image = two_colors();
  const auto message = [&](std::size_t first, std::size_t count, const Finish& finish) {
    return support::message_of<UsageError>(
        [&] { write_row(image, finish, std::span(row).subspan(first, count)); });
  };
  EXPECT_EQ(message(0, 5, {.dtype = Dtype::uint8}), "row must have 6 bytes: 5");
  EXPECT_EQ(message(0, 28, {.dtype = Dtype::float32}), "row must have 24 bytes: 28");
  EXPECT_EQ(message(1, 24, {.dtype = Dtype::float32}), "row must begin where a float may");
}

TEST(Row, HasTheBytesOfItsValues) {
  const Size size{.height = 3, .width = 5};
  EXPECT_EQ(row_bytes({.channels = 3, .dtype = Dtype::float32}, size), 180U);
  EXPECT_EQ(row_bytes({.channels = 1, .dtype = Dtype::float32}, size), 60U);
  EXPECT_EQ(row_bytes({.channels = 3, .dtype = Dtype::uint8}, size), 45U);
}

TEST(Row, KeepsPixelsTogetherOrChannels) {
  const Finish together{.dtype = Dtype::uint8, .layout = Layout::nhwc};
  const Finish apart{.dtype = Dtype::uint8, .layout = Layout::nchw};
  EXPECT_THAT(row_of<std::uint8_t>(two_colors(), together), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(row_of<std::uint8_t>(two_colors(), apart), ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(Row, HasTheLumaAsItsOneChannel) {
  const Finish finish{.channels = 1, .dtype = Dtype::uint8};
  EXPECT_THAT(row_of<std::uint8_t>(support::pixel(255, 0, 0), finish), ElementsAre(76));
  EXPECT_THAT(row_of<std::uint8_t>(support::gray({{0, 7, 255}}), finish), ElementsAre(0, 7, 255));
}

TEST(Row, IsNormalizedByChannel) {
  const Finish finish{.layout = Layout::nhwc, .mean = {0, 0.5, 1}, .stddev = {1, 0.5, 2}};
  EXPECT_THAT(row_of<float>(support::pixel(255, 255, 0), finish), ElementsAre(1, 1, -0.5));
}

TEST(Row, HasZeroWhereFloatsAreCutOut) {
  Finish finish{.layout = Layout::nhwc, .mean = {0, 0.5, 1}, .stddev = {1, 0.5, 2}};
  finish.cutout = Box{.top = 1, .left = 0, .height = 1, .width = 1};
  EXPECT_THAT(row_of<float>(Image(2, 1, cv::Vec3b(255, 255, 0)), finish),
              ElementsAre(1, 1, -0.5, 0, 0, 0));
}

// 0.4914 * 255 = 125.3, 0.2 * 255 = 51.
TEST(Row, HasTheRoundedMeanWhereBytesAreCutOut) {
  Finish finish{.dtype = Dtype::uint8, .layout = Layout::nchw, .mean = {0.4914F, 0.2F, 1}};
  finish.cutout = Box{.top = 0, .left = 1, .height = 2, .width = 2};
  EXPECT_THAT(
      row_of<std::uint8_t>(Image(2, 3, cv::Vec3b(1, 2, 3)), finish),
      ElementsAre(1, 125, 125, 1, 125, 125, 2, 51, 51, 2, 51, 51, 3, 255, 255, 3, 255, 255));
  finish.channels = 1;
  EXPECT_THAT(row_of<std::uint8_t>(support::gray({{9, 9, 9}, {9, 9, 9}}), finish),
              ElementsAre(9, 125, 125, 9, 125, 125));
}

TEST(Row, TakesWindows) {
  const Image picture = support::noise({.height = 9, .width = 9});
  const Image window = picture(cv::Rect(2, 3, 4, 5));
  for (const Layout layout : {Layout::nchw, Layout::nhwc}) {
    const Finish finish{.dtype = Dtype::uint8, .layout = layout};
    EXPECT_EQ(row_of<std::uint8_t>(window, finish), row_of<std::uint8_t>(window.clone(), finish));
  }
}

TEST(Row, HoldsWhatTorchvisionMakesOfEveryValueToTheBit) {
  const nlohmann::json normalized = support::golden_json("views/normalized.json");
  Finish finish{.dtype = Dtype::float32, .layout = Layout::nchw};
  for (std::size_t channel = 0; channel < 3; ++channel) {
    finish.mean[channel] = normalized.at("finish").at("mean")[channel];
    finish.stddev[channel] = normalized.at("finish").at("stddev")[channel];
  }
  Image every(1, 256);
  for (int value = 0; value < 256; ++value) {
    every(0, value) = cv::Vec3b::all(static_cast<std::uint8_t>(value));
  }
  const std::vector<float> row = row_of<float>(every, finish);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const float expected = normalized.at("values")[i / 256][i % 256];
    EXPECT_EQ(std::bit_cast<std::uint32_t>(row[i]), std::bit_cast<std::uint32_t>(expected)) << i;
  }
}

}  // namespace
}  // namespace inflow
