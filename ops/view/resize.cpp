#include "inflow/ops/view/detail/resize.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>

#include "inflow/ops/detail/grow.hpp"
#include "inflow/ops/detail/weighted_sum.hpp"
#include "inflow/ops/view/detail/side.hpp"

namespace inflow::ops {
namespace {

constexpr int kPrecision = 22;  // bits of a weight
constexpr std::int32_t kHalfUnit = 1 << (kPrecision - 1);
constexpr double kHalf = 0.5;

std::uint8_t to_byte(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kPrecision, 0, 255));
}

double triangle(double distance) { return std::max(0.0, 1.0 - std::fabs(distance)); }

// Keys' cubic with a = -0.5, in Pillow's order of operations.
double cubic(double distance) {
  constexpr double kSharpness = -0.5;
  const double x = std::fabs(distance);
  if (x < 1.0) return ((kSharpness + 2.0) * x - (kSharpness + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * kSharpness;
  return 0;
}

std::int32_t fixed_point(double weight) {
  const double units = weight * (1 << kPrecision);
  return static_cast<std::int32_t>(units < 0 ? units - kHalf : units + kHalf);
}

// Pillow's weights: those of a filter that reaches one output pixel or two to either side, or as
// many source pixels where these are larger; normalized in double precision, then rounded.
void prepare_taps(ResizeTaps& taps, const Side& from, int to, Filter filter) {
  const double scale = from.length / to;
  const double width = std::max(scale, 1.0);
  const double support = filter == Filter::bilinear ? width : 2 * width;
  const double per_pixel = 1.0 / width;
  taps.most = static_cast<int>(std::ceil(support)) * 2 + 1;
  int* first = grown(taps.first, static_cast<std::size_t>(to));
  int* count = grown(taps.count, static_cast<std::size_t>(to));
  std::int32_t* weights =
      grown(taps.weights, static_cast<std::size_t>(to) * static_cast<std::size_t>(taps.most));
  for (int at = 0; at < to; ++at, weights += taps.most) {
    const double center = from.offset + (at + 0.5) * scale;
    first[at] = std::max(static_cast<int>(center - support + kHalf), 0);
    count[at] = std::min(static_cast<int>(center + support + kHalf), from.pixels) - first[at];
    const auto weight = [&](int tap) {
      const double distance = (tap + first[at] - center + 0.5) * per_pixel;
      return filter == Filter::bilinear ? triangle(distance) : cubic(distance);
    };
    double sum = 0;
    for (int tap = 0; tap < count[at]; ++tap) sum += weight(tap);
    for (int tap = 0; tap < count[at]; ++tap) {
      weights[tap] = fixed_point(weight(tap) / sum);
    }
  }
}

// Rows `first_row` and on of `in`, as many as `out` has, each to the width of `out`.
void resize_columns(const Image& in, int first_row, const ResizeTaps& taps, Image& out) {
  for (int y = 0; y < out.rows; ++y) {
    const std::uint8_t* row = in.ptr(first_row + y);
    std::uint8_t* to = out.ptr(y);
    const std::int32_t* weights = taps.weights.data();
    for (std::size_t x = 0; x < static_cast<std::size_t>(out.cols);
         ++x, to += 3, weights += taps.most) {
      const std::uint8_t* from = row + 3 * taps.first[x];
      std::array<std::int32_t, 3> sums{kHalfUnit, kHalfUnit, kHalfUnit};
      for (int tap = 0; tap < taps.count[x]; ++tap, from += 3) {
        sums[0] += from[0] * weights[tap];
        sums[1] += from[1] * weights[tap];
        sums[2] += from[2] * weights[tap];
      }
      to[0] = to_byte(sums[0]);
      to[1] = to_byte(sums[1]);
      to[2] = to_byte(sums[2]);
    }
  }
}

// All rows of `out`; `in` begins at row `first_row` of the picture that the taps count in.
void resize_rows(const Image& in, int first_row, const ResizeTaps& taps, Image& out) {
  const std::int32_t* weights = taps.weights.data();
  const std::size_t values = static_cast<std::size_t>(in.cols) * 3;
  for (int y = 0; y < out.rows; ++y, weights += taps.most) {
    const auto at = static_cast<std::size_t>(y);
    const int first = taps.first[at] - first_row;
    std::uint8_t* to = out.ptr(y);
    weighted_sums(
        values, std::span(weights, static_cast<std::size_t>(taps.count[at])),
        [&](std::size_t tap) { return in.ptr(first + static_cast<int>(tap)); },
        [to](std::size_t i, std::int32_t sum) { to[i] = to_byte(sum + kHalfUnit); });
  }
}

}  // namespace

// Columns first, with values rounded to 8 bits in between, and an axis that keeps its length is
// left out: the order and the omissions show in the result.
void resize(const Image& in, Image& out, const Base& base, RenderScratch& scratch) {
  const Side columns = columns_of(base);
  const Side rows = rows_of(base);
  if (!columns.is(out.cols)) prepare_taps(scratch.columns, columns, out.cols, base.filter);
  if (rows.is(out.rows)) {
    if (columns.is(out.cols)) return in.copyTo(out);
    return resize_columns(in, 0, scratch.columns, out);
  }
  prepare_taps(scratch.rows, rows, out.rows, base.filter);
  if (columns.is(out.cols)) return resize_rows(in, 0, scratch.rows, out);
  const auto bottom = static_cast<std::size_t>(out.rows - 1);
  const int first_row = scratch.rows.first[0];
  const int seen = scratch.rows.first[bottom] + scratch.rows.count[bottom] - first_row;
  const auto pixels = static_cast<std::size_t>(seen) * static_cast<std::size_t>(out.cols);
  Image narrowed(seen, out.cols, reinterpret_cast<cv::Vec3b*>(grown(scratch.narrowed, 3 * pixels)));
  resize_columns(in, first_row, scratch.columns, narrowed);
  resize_rows(narrowed, first_row, scratch.rows, out);
}

}  // namespace inflow::ops
