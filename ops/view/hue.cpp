#include "inflow/ops/view/detail/hue.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "inflow/ops/detail/rows.hpp"

// Single and double precision are mixed as in Pillow's conversion, since every rounding shows.

namespace inflow::ops {
namespace {

// The hue of a pixel that is not gray, in 1/255 of the circle, truncated. `high` is the largest of
// its values and `spread` how far the smallest lies below. The largest channel says in which third
// of the circle the hue lies, and the two others how far from its middle; of equal ones the first
// counts.
std::uint8_t hue_of(const std::uint8_t* pixel, int high, int spread) {
  const int largest = pixel[0] == high ? 0 : pixel[1] == high ? 1 : 2;
  const auto below = [&](int channel) {
    return static_cast<float>(high - pixel[channel % 3]) / static_cast<float>(spread);
  };
  const auto sixths = static_cast<float>(2.0 * largest + below(largest + 2) - below(largest + 1));
  const double turns = sixths / 6.0 + 1.0;
  const auto circle = static_cast<float>(turns >= 1.0 ? turns - 1.0 : turns);
  return static_cast<std::uint8_t>(circle * 255.0);
}

// What a hue says about red, green and blue: which of them has the high, the low and the middle
// value, and where between the first two the last one lies.
struct Sector {
  std::uint8_t high;
  std::uint8_t middle;
  std::uint8_t low;
  double below_high;  // in units of the spread
};

constexpr std::array<Sector, 256> make_sectors() {
  constexpr std::array<Sector, 6> kOrders{
      {{0, 1, 2, 0}, {1, 0, 2, 0}, {1, 2, 0, 0}, {2, 1, 0, 0}, {2, 0, 1, 0}, {0, 2, 1, 0}}};
  std::array<Sector, 256> sectors{};
  for (std::size_t hue = 0; hue < sectors.size(); ++hue) {
    const double sixths = static_cast<float>(hue) * 6.0 / 255.0;
    const auto whole = static_cast<std::size_t>(sixths);
    const auto rest = static_cast<float>(sixths - static_cast<float>(whole));
    sectors[hue] = kOrders[whole % 6];
    sectors[hue].below_high = whole % 2 == 0 ? 1.0 - rest : rest;
  }
  return sectors;
}

constexpr std::array<Sector, 256> kSectors = make_sectors();

std::uint8_t rounded(double value) {
  constexpr double kHalf = 0.5;
  return static_cast<std::uint8_t>(static_cast<int>(value + kHalf));
}

void shift_pixel(const std::uint8_t* from, std::uint8_t* to, std::uint8_t shift) {
  const int high = std::max({from[0], from[1], from[2]});
  const int spread = high - std::min({from[0], from[1], from[2]});
  if (spread == 0) {
    to[0] = to[1] = to[2] = static_cast<std::uint8_t>(high);
    return;
  }
  const float exact_saturation = static_cast<float>(spread) / static_cast<float>(high);
  const int saturation = static_cast<int>(exact_saturation * 255.0);
  const auto hue = static_cast<std::uint8_t>(hue_of(from, high, spread) + shift);
  const Sector& sector = kSectors[hue];
  const auto share = static_cast<float>(static_cast<float>(saturation) / 255.0);
  to[sector.high] = static_cast<std::uint8_t>(high);
  to[sector.middle] = rounded(high * (1.0 - share * sector.below_high));
  to[sector.low] = rounded(high * (1.0 - share));
}

}  // namespace

void shift_hue(Image& image, float shift) {
  const auto steps = static_cast<std::uint8_t>(static_cast<int>(static_cast<double>(shift) * 255));
  for_each_row(image, image, [&](const std::uint8_t* from, std::uint8_t* to, std::size_t count) {
    for (std::size_t i = 0; i < count; i += 3) shift_pixel(from + i, to + i, steps);
  });
}

}  // namespace inflow::ops
