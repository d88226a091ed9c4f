#include "inflow/policies/detail/op_space.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace inflow {
namespace {

// One number of torch.linspace(first, last, count): from the nearer end, each with one rounding.
float linspace_at(float first, float last, int count, int at) {
  const float step = (last - first) / static_cast<float>(count - 1);
  return at < count / 2 ? std::fma(step, static_cast<float>(at), first)
                        : std::fma(-step, static_cast<float>(count - at - 1), last);
}

// Bits fall from the first bin to the last, halves rounded to even.
float bits_at(double first, double last, int count, int at) {
  const auto bins_of_a_bit = static_cast<float>((count - 1) / (first - last));
  return static_cast<float>(first) - std::nearbyint(static_cast<float>(at) / bins_of_a_bit);
}

// Whole pixels as a part of a side, turned around; past the side nothing is left of a picture.
float part_turned_around(float pixels, int side) {
  return -std::clamp(std::trunc(pixels) / static_cast<float>(side), -1.0F, 1.0F);
}

}  // namespace

float magnitude_of(const SpaceRow& row, int bin, int bins, Size size) {
  assert(bins >= 2 && bin >= 0 && bin < bins);
  switch (row.measure) {
    case Measure::none:
      return 0;
    case Measure::bits:
      return bits_at(row.first, row.last, bins, bin);
    case Measure::widths:
      return linspace_at(static_cast<float>(row.first * size.width),
                         static_cast<float>(row.last * size.width), bins, bin);
    case Measure::heights:
      return linspace_at(static_cast<float>(row.first * size.height),
                         static_cast<float>(row.last * size.height), bins, bin);
    default:
      return linspace_at(static_cast<float>(row.first), static_cast<float>(row.last), bins, bin);
  }
}

float on_own_scale(Measure measure, float magnitude, Size size) {
  switch (measure) {
    case Measure::pixels_x:
    case Measure::widths:
      return part_turned_around(magnitude, size.width);
    case Measure::pixels_y:
    case Measure::heights:
      return part_turned_around(magnitude, size.height);
    case Measure::change:
      return static_cast<float>(1.0 + static_cast<double>(magnitude));
    default:
      return magnitude;
  }
}

OpSpace::OpSpace(std::span<const SpaceRow> rows, int bins, std::span<const Op> ops)
    : rows_(rows), bins_(bins) {
  for (const SpaceRow& row : rows) numbers_.push_back(op_number(ops, row.op));
}

Step OpSpace::step(std::size_t row, int bin, bool negate, Size size) const {
  const SpaceRow& entry = rows_[row];
  const float magnitude = magnitude_of(entry, bin, bins_, size);
  const bool turned = entry.either_sign && negate;
  return {.op = numbers_[row],
          .magnitude = on_own_scale(entry.measure, turned ? -magnitude : magnitude, size)};
}

}  // namespace inflow
