#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "inflow/ops/detail/grow.hpp"
#include "inflow/ops/view/detail/side.hpp"
#include "inflow/ops/view/fast/detail/fast.hpp"

namespace inflow::ops {
namespace {

constexpr std::size_t kBlock = 8;  // output pixels that share their windows
constexpr int kWindow = 16;        // source pixels a window shows
constexpr int kFew = 64;

// What looks up, as values of 16 bits, the pixels that the block takes from a window that begins at
// pixel `start`; zeros where these lie outside.
void look_up(const int* firsts, int start, std::uint16_t* places) {
  for (std::size_t i = 0; i < kBlock; ++i) {
    const int place = firsts[i] - start;
    const bool is_inside = 0 <= place && place < kWindow;
    places[i] = static_cast<std::uint16_t>(0x8000 | (is_inside ? place : 0x80));
  }
}

struct Axis {
  Side from{};
  int to = 0;
  bool mirrored = false;  // the last output pixel comes first
  int unit = 0;           // that the weights of one output pixel sum to
  Filter filter = Filter::bilinear;
  bool antialias = true;

  double scale() const { return from.length / to; }
  double radius() const { return filter == Filter::bilinear ? 1 : 2; }
  // Whether two neighbors make an output pixel: also of a cubic, where it takes one pixel as it is.
  bool is_interpolated() const {
    return from.is(to) || (filter == Filter::bilinear && (from.length < to || !antialias));
  }
  // Interpolations between few pixels come again and again, and depend on nothing but the numbers
  // of pixels where these are whole.
  bool is_kept() const {
    return is_interpolated() && from.is(from.pixels) && from.pixels <= kFew && to <= kFew;
  }
};

// Linear interpolation: put(at, first, weights) for each output pixel, with two weights. A tap past
// the last pixel weighs nothing.
template <class Put>
void interpolate(const Axis& axis, Put put) {
  // The place of an output pixel's center is first + rest / denominator, in source pixels from the
  // center of the first one: whole numbers, which cannot drift. Without a branch, which at random
  // scales no processor would foresee. A side begins and ends at halves of pixels at most.
  const int parts = axis.from.is(axis.from.pixels) ? 1 : 2;
  const int length = static_cast<int>(axis.from.length * parts);
  const int begin = static_cast<int>(axis.from.offset * parts);
  const int denominator = 2 * parts * axis.to;
  const float per_rest = static_cast<float>(axis.unit) / static_cast<float>(denominator);
  const auto whole = static_cast<std::int16_t>(axis.unit);
  const int step = 2 * length;
  const int center = length + (2 * begin + parts) * axis.to;  // of the first, one pixel further on
  int first = center / denominator - 1;
  int rest = center % denominator;
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
    const double center = axis.from.offset + (at + 0.5) * axis.scale() - 0.5;
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
void for_each_output(const Axis& axis, std::size_t count, FastScratch& scratch, Put put) {
  if (axis.is_interpolated()) return interpolate(axis, put);
  const std::span exact(grown(scratch.exact_weights, count), count);
  const std::span weights(grown(scratch.whole_weights, count), count);
  if (axis.antialias) return resample(axis, exact, weights, put);
  interpolate_cubic(axis, exact, weights, put);
}

void make_taps(const Axis& axis, FastTaps& axis_taps, FastScratch& scratch) {
  axis_taps.to = axis.to;
  axis_taps.taps = taps_of(axis);
  const auto taps = static_cast<std::size_t>(axis_taps.taps);
  const std::size_t row = fast_row(axis.to);
  int* firsts = grown(axis_taps.firsts, row);
  std::int16_t* weights = grown(axis_taps.weights, taps * row);
  for_each_output(axis, taps, scratch, [&](int at, int first, auto values) {
    const auto x = static_cast<std::size_t>(axis.mirrored ? axis.to - 1 - at : at);
    firsts[x] = first;
    for (std::size_t tap = 0; tap < values.size(); ++tap) weights[tap * row + x] = values[tap];
  });
  // Behind the last output pixel, pixels of its place that weigh nothing fill the last vector.
  std::fill(firsts + axis.to, firsts + row, firsts[axis.to - 1]);
  for (std::size_t tap = 0; tap < taps; ++tap) {
    std::fill(weights + tap * row + axis.to, weights + (tap + 1) * row, std::int16_t{0});
  }
}

void make_taps(const Axis& axis, FastColumns& columns, FastScratch& scratch) {
  make_taps(axis, static_cast<FastTaps&>(columns), scratch);
  const std::size_t row = fast_row(axis.to);
  const int* firsts = columns.firsts.data();
  int* starts = grown(columns.starts, row / kBlock);
  int most = 0;  // pixels between the first ones of a block
  for (std::size_t block = 0; block < row / kBlock; ++block) {
    const auto [low, high] =
        std::minmax(firsts[block * kBlock], firsts[block * kBlock + kBlock - 1]);
    starts[block] = low;
    most = std::max(most, high - low);
  }
  columns.windows = (most + columns.taps - 1) / kWindow + 1;
  const auto taps = static_cast<std::size_t>(columns.taps);
  const auto windows = static_cast<std::size_t>(columns.windows);
  std::uint16_t* lookup = grown(columns.lookups, taps * windows * row);
  for (std::size_t tap = 0; tap < taps; ++tap) {
    for (std::size_t window = 0; window < windows; ++window) {
      const int offset = static_cast<int>(tap) - static_cast<int>(window) * kWindow;
      for (std::size_t block = 0; block < row / kBlock; ++block, lookup += kBlock) {
        look_up(firsts + block * kBlock, starts[block] - offset, lookup);
      }
    }
  }
}

// Memory for a kept resize, all at once, so that rendering soon allocates no more.
void reserve(FastTaps& taps) {
  grown(taps.firsts, kFew);
  grown(taps.weights, 2 * kFew);
}

void reserve(FastColumns& columns) {
  reserve(static_cast<FastTaps&>(columns));
  grown(columns.starts, kFew / kBlock);
  grown(columns.lookups, 2 * kFew);
}

// The taps of an axis, among those that are kept or made anew.
template <class Taps>
const Taps& taps_for(const Axis& axis, std::vector<Taps>& kept, FastScratch& scratch) {
  if (kept.empty()) {
    kept.resize(2 * kFew + 2);
    for (Taps& taps : kept) reserve(taps);
  }
  if (!axis.is_kept()) {
    make_taps(axis, kept.front(), scratch);
    return kept.front();
  }
  Taps& taps = kept[2 * static_cast<std::size_t>(axis.from.pixels) + (axis.mirrored ? 1 : 0)];
  if (taps.to != axis.to) make_taps(axis, taps, scratch);
  return taps;
}

}  // namespace

void prepare_taps(const Base& base, const Side& columns, const Side& rows, FastSource& source,
                  FastScratch& memory) {
  Axis axis{.from = columns,
            .to = base.size.width,
            .mirrored = base.flip,
            .unit = 1 << 14,
            .filter = base.filter,
            .antialias = base.antialias};
  source.columns = &taps_for(axis, source.scratch->columns, memory);
  axis.from = rows;
  axis.to = base.size.height;
  axis.mirrored = false;
  axis.unit = 1 << 13;
  source.rows = &taps_for(axis, source.scratch->rows, memory);
}

}  // namespace inflow::ops
