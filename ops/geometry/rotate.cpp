#include <array>
#include <charconv>
#include <cmath>
#include <numbers>

#include "inflow/ops/detail/gather.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {
namespace {

// To the nearest multiple of 10^-15, as Python's round(): by way of the decimal digits, for no
// product is exact.
double to_15_decimals(double value) {
  std::array<char, 32> digits{};
  const auto written =
      std::to_chars(digits.begin(), digits.end(), value, std::chars_format::fixed, 15);
  std::from_chars(digits.begin(), written.ptr, value);
  return value;
}

// The source of each pixel of a picture turned counter-clockwise about its center.
Affine turned(double degrees, Size size) {
  double turn = std::fmod(degrees, 360.0);
  if (turn < 0) turn += 360.0;
  const double radians = -(turn * (std::numbers::pi / 180.0));
  const double cosine = to_15_decimals(std::cos(radians));
  const double sine = to_15_decimals(std::sin(radians));
  const double center_x = size.width / 2.0;
  const double center_y = size.height / 2.0;
  return {.a = cosine,
          .b = sine,
          .c = cosine * -center_x + sine * -center_y + center_x,
          .d = -sine,
          .e = cosine,
          .f = -sine * -center_x + cosine * -center_y + center_y};
}

}  // namespace

// Rotate of AutoAugment's table 6: about the center, the corners turned in are black.
Op rotate() {
  return {.name = "rotate",
          .summary = "Turn counter-clockwise about the center by an angle in degrees",
          .family = Family::geometry,
          .domain = {.low = -360, .high = 360},
          .neutral = 0,
          .range = {.at_zero = -30, .at_one = 30, .either_sign = true},
          .apply = [](const Image& in, Image& out, float degrees, float, float) {
            gather(in, out, turned(degrees, size_of(in)));
          }};
}

}  // namespace inflow::ops
