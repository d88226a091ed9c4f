#include "inflow/ops/detail/row_kernels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <rapidcheck/gtest.h>

#include "inflow/ops/detail/luma.hpp"
#include "inflow/ops/op.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

using Row = std::vector<std::uint8_t>;

TEST(RowKernels, TakeTheLumaOfEveryColor) {
  Row colors(std::size_t{3} * 256 * 256);
  Row made(colors.size());
  for (int red = 0; red < 256; ++red) {
    std::uint64_t sum = 0;
    Row expected(colors.size());
    for (std::size_t i = 0; i < colors.size(); i += 3) {
      colors[i] = static_cast<std::uint8_t>(red);
      colors[i + 1] = static_cast<std::uint8_t>(i / 3 / 256);
      colors[i + 2] = static_cast<std::uint8_t>(i / 3 % 256);
      const int grey = ops::luma(&colors[i]);
      std::fill_n(&expected[i], 3, static_cast<std::uint8_t>(grey));
      sum += static_cast<std::uint64_t>(grey);
    }
    ops::luma_of_pixels(colors.data(), made.data(), colors.size() / 3);
    ASSERT_EQ(made, expected) << red;
    ASSERT_EQ(ops::sum_of_luma(colors.data(), colors.size() / 3), sum) << red;
  }
}

// A pixel of one channel's neighborhood whose weighted sum is `sum`, in three rows of three pixels.
std::array<std::array<std::uint8_t, 9>, 3> neighborhood(int sum) {
  std::array<std::array<std::uint8_t, 9>, 3> rows{};
  const int middle = (std::max(0, sum - 8 * 255) + 4) / 5;
  int left = sum - 5 * middle;
  for (std::size_t at = 0; at < 9; ++at) {
    int value = middle;
    if (at != 4) {
      const int places = static_cast<int>(at < 4 ? 8 - at : 9 - at);
      value = std::min(255, (left + places - 1) / places);
      left -= value;
    }
    std::fill_n(&rows[at / 3][3 * (at % 3)], 3, static_cast<std::uint8_t>(value));
  }
  EXPECT_EQ(left, 0);
  return rows;
}

TEST(RowKernels, RoundEverySmoothedNeighborhood) {
  for (int sum = 0; sum <= 13 * 255; ++sum) {
    const auto rows = neighborhood(sum);
    std::array<std::uint8_t, 3> made{};
    ops::enhance_from_smoothed(0, &rows[0][3], &rows[1][3], &rows[2][3], made.data(), 3);
    ASSERT_EQ(made[0], std::lround(sum / 13.0)) << sum;
    ASSERT_THAT(made, testing::Each(made[0])) << sum;
  }
}

TEST(RowKernels, MirrorARowOntoItself) {
  for (std::size_t pixels = 1; pixels < 200; ++pixels) {
    Row row(3 * pixels);
    std::iota(row.begin(), row.end(), std::uint8_t{0});
    Row expected;
    for (std::size_t x = pixels; x-- > 0;) {
      expected.insert(expected.end(), row.begin() + static_cast<std::ptrdiff_t>(3 * x),
                      row.begin() + static_cast<std::ptrdiff_t>(3 * x + 3));
    }
    ops::mirror_pixels(row.data(), row.data(), pixels);
    ASSERT_EQ(row, expected) << pixels;
  }
}

// A picture in the middle of another one, so that its rows do not touch; wider than any vector.
Image any_window() {
  const int height = *rc::gen::inRange(1, 40);
  const int width = *rc::gen::inRange(1, 300);
  const Image whole = support::noise({.height = height + 2, .width = width + 5},
                                     *rc::gen::arbitrary<std::uint64_t>());
  return whole(cv::Rect(2, 1, width, height));
}

RC_GTEST_PROP(RowKernels, GiveEqualBitsWithEveryKindOfVectors, ()) {
  const Op& op = *rc::gen::elementOf(std::vector<Op>(catalog().begin(), catalog().end()));
  const float share = static_cast<float>(*rc::gen::inRange(0, 1001)) / 1000;
  const float magnitude = op.domain.low + share * (op.domain.high - op.domain.low);
  const Image in = any_window();
  Image expected;
  op.apply(in, expected, magnitude, 0.3F, 0.7F);
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    Image made;
    op.apply(in, made, magnitude, 0.3F, 0.7F);
    hwy::SetSupportedTargetsForTest(0);
    RC_ASSERT(support::same_pixels(made, expected));
  }
}

}  // namespace
}  // namespace inflow
