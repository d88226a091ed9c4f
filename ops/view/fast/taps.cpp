#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "inflow/ops/detail/grow.hpp"
#include "inflow/ops/view/detail/side.hpp"
#include "inflow/ops/view/fast/detail/fast.hpp"

namespace inflow::ops {
namespace {

constexpr std::size_t kBlock = 8;        // output pixels that share their windows
constexpr int kWindow = 16;              // source pixels a window shows
constexpr std::uint16_t kNone = 0x8080;  // looks up a zero

// What looks a byte of a window up as a value of 16 bits.
constexpr std::uint16_t looks_up(int place) { return static_cast<std::uint16_t>(0x8000 | place); }

struct Axis {
  Side from{};
  int to = 0;
  int unit = 0;  // that the weights of one output pixel sum to
  Filter filter = Filter::bilinear;
  bool antialias = true;

  double scale() const { return from.length / to; }
  double radius() const { return filter == Filter::bilinear ? 1 : 2; }
  // Whether two neighbors make an output pixel: also of a cubic, where it takes one pixel as it is.
  bool is_interpolated() const {
    return from.is(to) || (filter == Filter::bilinear && (from.length < to || !antialias));
  }
};

// Linear interpolation: put(at, first, weights) for each output pixel, with two weights. A tap past
// the last pixel weighs nothing.
template <class Put>
void interpolate(const Axis& axis, Put put) {
  const int denominator = 2 * axis.to;
  const float per_rest = static_cast<float>(axis.unit) / static_cast<float>(denominator);
  const auto whole = static_cast<std::int16_t>(axis.unit);
  // The place of an output pixel's center is first + rest / denominator, in source pixels from the
  // center of the first one: whole numbers, which cannot drift. Without a branch, which at random
  // scales no processor would foresee.
  const int step = 2 * axis.from.pixels;
  int first = (axis.from.pixels + axis.to) / denominator - 1;
  int rest = (axis.from.pixels + axis.to) % denominator;
  for (int at = 0; at < axis.to; ++at) {
    const bool is_between = first >= 0 && first < axis.from.pixels - 1;
    const auto share = static_cast<std::int16_t>(static_cast<float>(rest) * per_rest + 0.5F);
    const auto second = static_cast<std::int16_t>(is_between ? share : 0);
    const std::array<std::int16_t, 2> weights{static_cast<std::int16_t>(whole - second), second};
    put(at, std::clamp(first, 0, axis.from.pixels - 1), std::span<const std::int16_t, 2>(weights));
    rest += step % denominator;
    const int carried = rest >= denominator ? 1 : 0;
    first += step / denominator + carried;
    rest -= carried * denominator;
  }
}

double triangle(double distance) { return std::max(0.0, 1.0 - std::fabs(distance)); }

// Keys' cubic.
double cubic(double distance, double a) {
  const double x = std::fabs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

// What rounding leaves goes to the heaviest, so that flat pictures stay flat.
void round_weights(std::span<const double> exact, int unit, std::span<std::int16_t> weights) {
  double sum = 0;
  for (const double weight : exact) sum += weight;
  int left = unit;
  std::size_t heaviest = 0;
  for (std::size_t tap = 0; tap < exact.size(); ++tap) {
    weights[tap] = static_cast<std::int16_t>(std::lround(exact[tap] / sum * unit));
    left -= weights[tap];
    if (weights[tap] > weights[heaviest]) heaviest = tap;
  }
  weights[heaviest] = static_cast<std::int16_t>(weights[heaviest] + left);
}

// Antialiased, as Pillow and torchvision do: put(at, first, weights). Where a picture shrinks, the
// filter is as much wider as its pixels. `exact` and `weights` are memory for all taps.
template <class Put>
void resample(const Axis& axis, std::span<double> exact, std::span<std::int16_t> weights, Put put) {
  const double widening = std::max(axis.scale(), 1.0);
  const double support = axis.radius() * widening;
  for (int at = 0; at < axis.to; ++at) {
    const double center = axis.from.offset + (at + 0.5) * axis.scale();
    const int first = std::max(static_cast<int>(center - support + 0.5), 0);
    const int end = std::min(static_cast<int>(center + support + 0.5), axis.from.pixels);
    for (std::size_t tap = 0; tap < exact.size(); ++tap) {
      const int from = first + static_cast<int>(tap);
      const double distance = (from - center + 0.5) / widening;
      exact[tap] = from >= end                       ? 0
                   : axis.filter == Filter::bilinear ? triangle(distance)
                                                     : cubic(distance, -0.5);
    }
    round_weights(exact, axis.unit, weights);
    put(at, first, std::span<const std::int16_t>(weights));
  }
}

// Four taps of a cubic at the scale of the source, the edge repeated.
template <class Put>
void interpolate_cubic(const Axis& axis, std::span<double> exact, std::span<std::int16_t> weights,
                       Put put) {
  const int most = static_cast<int>(exact.size());
  for (int at = 0; at < axis.to; ++at) {
    const double center = (at + 0.5) * axis.scale() - 0.5;
    const int base = static_cast<int>(std::floor(center)) - 1;
    const int first = std::clamp(base, 0, std::max(axis.from.pixels - most, 0));
    std::ranges::fill(exact, 0.0);
    for (int from = base; from < base + 4; ++from) {
      const int seen = std::clamp(from, 0, axis.from.pixels - 1);
      exact[static_cast<std::size_t>(seen - first)] += cubic(from - center, -0.75);
    }
    round_weights(exact, axis.unit, weights);
    put(at, first, std::span<const std::int16_t>(weights));
  }
}

// Taps of every output pixel of an axis.
int taps_of(const Axis& axis) {
  if (axis.is_interpolated()) return 2;
  if (!axis.antialias) return 4;
  return static_cast<int>(std::ceil(2 * axis.radius() * std::max(axis.scale(), 1.0)));
}

template <class Put>
void for_each_output(const Axis& axis, int taps, FastScratch& scratch, Put put) {
  if (axis.is_interpolated()) return interpolate(axis, put);
  const auto count = static_cast<std::size_t>(taps);
  const std::span exact(grown(scratch.exact_weights, count), count);
  const std::span weights(grown(scratch.whole_weights, count), count);
  if (axis.antialias) return resample(axis, exact, weights, put);
  interpolate_cubic(axis, exact, weights, put);
}

void prepare_columns(const Axis& axis, bool flip, FastScratch& scratch) {
  FastColumns& columns = scratch.columns;
  columns.taps = taps_of(axis);
  const auto taps = static_cast<std::size_t>(columns.taps);
  const std::size_t row = fast_row(axis.to);
  int* firsts = grown(columns.firsts, row);
  std::int16_t* weights = grown(columns.weights, taps * row);
  for_each_output(axis, columns.taps, scratch, [&](int at, int first, auto values) {
    const auto x = static_cast<std::size_t>(flip ? axis.to - 1 - at : at);
    firsts[x] = first;
    for (std::size_t tap = 0; tap < values.size(); ++tap) weights[tap * row + x] = values[tap];
  });
  // Behind the view pixels of its last one's place that weigh nothing fill the last vector.
  std::fill(firsts + axis.to, firsts + row, firsts[axis.to - 1]);
  for (std::size_t tap = 0; tap < taps; ++tap) {
    std::fill(weights + tap * row + axis.to, weights + (tap + 1) * row, std::int16_t{0});
  }

  int* starts = grown(columns.starts, row / kBlock);
  columns.windows = 1;
  for (std::size_t block = 0; block < row / kBlock; ++block) {
    const auto [low, high] =
        std::minmax(firsts[block * kBlock], firsts[block * kBlock + kBlock - 1]);
    starts[block] = low;
    columns.windows = std::max(columns.windows, (high - low + columns.taps - 1) / kWindow + 1);
  }
  const auto windows = static_cast<std::size_t>(columns.windows);
  std::uint16_t* lookup = grown(columns.lookups, taps * windows * row);
  for (std::size_t tap = 0; tap < taps; ++tap) {
    for (std::size_t window = 0; window < windows; ++window) {
      const int offset = static_cast<int>(tap) - static_cast<int>(window) * kWindow;
      for (std::size_t block = 0; block < row / kBlock; ++block, lookup += kBlock) {
        for (std::size_t i = 0; i < kBlock; ++i) {
          const int place = firsts[block * kBlock + i] - starts[block] + offset;
          lookup[i] = place >= 0 && place < kWindow ? looks_up(place) : kNone;
        }
      }
    }
  }
}

void prepare_rows(const Axis& axis, FastScratch& scratch) {
  FastRows& rows = scratch.rows;
  rows.taps = taps_of(axis);
  const auto taps = static_cast<std::size_t>(rows.taps);
  int* firsts = grown(rows.firsts, static_cast<std::size_t>(axis.to));
  std::int16_t* weights = grown(rows.weights, taps * static_cast<std::size_t>(axis.to));
  for_each_output(axis, rows.taps, scratch, [&](int at, int first, auto values) {
    const auto y = static_cast<std::size_t>(at);
    firsts[y] = first;
    for (std::size_t tap = 0; tap < values.size(); ++tap) weights[y * taps + tap] = values[tap];
  });
}

}  // namespace

void prepare_fast_taps(const Base& base, FastScratch& scratch) {
  Axis axis{.from = columns_of(base),
            .to = base.size.width,
            .unit = 1 << 14,
            .filter = base.filter,
            .antialias = base.antialias};
  prepare_columns(axis, base.flip, scratch);
  axis.from = rows_of(base);
  axis.to = base.size.height;
  axis.unit = 1 << 13;
  prepare_rows(axis, scratch);
}

}  // namespace inflow::ops
