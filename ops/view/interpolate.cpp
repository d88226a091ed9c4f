#include "inflow/ops/view/detail/interpolate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include "inflow/ops/detail/grow.hpp"
#include "inflow/ops/detail/weighted_sum.hpp"
#include "inflow/ops/view/detail/rounded.hpp"

namespace inflow::ops {
namespace {

// Keys' cubic at distances up to 1 and from there to 2, in LibTorch's order of operations.
constexpr float kSharpness = -0.75F;
float cubic_near(float x) { return ((kSharpness + 2.0F) * x - (kSharpness + 3.0F)) * x * x + 1.0F; }
float cubic_far(float x) {
  return ((kSharpness * x - 5.0F * kSharpness) * x + 8.0F * kSharpness) * x - 4.0F * kSharpness;
}

// The weights of neighboring source pixels for a point that lies `past` the second pixel of four,
// or the first of two.
std::array<float, 4> weights_at(float past, Filter filter) {
  if (filter == Filter::bilinear) return {1.0F - past, past, 0, 0};
  return {cubic_far(past + 1.0F), cubic_near(past), cubic_near(1.0F - past),
          cubic_far(2.0F - past)};
}

// Pixels outside are those at the edge, which get the weights of all that fall there.
void prepare_taps(ResizeTaps& taps, int from, int to, Filter filter) {
  const int before = filter == Filter::bilinear ? 0 : 1;
  taps.most = filter == Filter::bilinear ? 2 : 4;
  int* first = grown(taps.first, static_cast<std::size_t>(to));
  int* count = grown(taps.count, static_cast<std::size_t>(to));
  float* shares =
      grown(taps.shares, static_cast<std::size_t>(to) * static_cast<std::size_t>(taps.most));
  const float scale = static_cast<float>(from) / static_cast<float>(to);
  for (int at = 0; at < to; ++at, shares += taps.most) {
    float center = scale * (static_cast<float>(at) + 0.5F) - 0.5F;
    if (filter == Filter::bilinear) center = std::max(center, 0.0F);
    const int lower = std::min(static_cast<int>(std::floor(center)), from - 1);
    const float past = std::clamp(center - static_cast<float>(lower), 0.0F, 1.0F);
    const std::array<float, 4> weights = weights_at(past, filter);
    first[at] = std::max(lower - before, 0);
    count[at] = std::min(lower - before + taps.most, from) - first[at];
    std::fill_n(shares, taps.most, 0.0F);
    for (int tap = 0; tap < taps.most; ++tap) {
      const int place = std::clamp(lower - before + tap, 0, from - 1) - first[at];
      shares[place] += weights[static_cast<std::size_t>(tap)];
    }
  }
}

void blend_columns(const std::uint8_t* row, const ResizeTaps& taps, std::size_t width, float* to) {
  const float* shares = taps.shares.data();
  for (std::size_t x = 0; x < width; ++x, to += 3, shares += taps.most) {
    const std::uint8_t* from = row + 3 * static_cast<std::ptrdiff_t>(taps.first[x]);
    std::array<float, 3> sums{};
    for (int tap = 0; tap < taps.count[x]; ++tap, from += 3) {
      for (std::size_t channel = 0; channel < 3; ++channel) {
        sums[channel] += shares[tap] * static_cast<float>(from[channel]);
      }
    }
    std::ranges::copy(sums, to);
  }
}

}  // namespace

void interpolate(const Image& in, Image& out, Filter filter, RenderScratch& scratch) {
  const auto width = static_cast<std::size_t>(out.cols);
  const std::size_t values = 3 * width;
  prepare_taps(scratch.columns, in.cols, out.cols, filter);
  prepare_taps(scratch.rows, in.rows, out.rows, filter);
  float* narrowed = grown(scratch.narrowed_floats, values * static_cast<std::size_t>(in.rows));
  const auto narrowed_row = [&](int y) { return narrowed + values * static_cast<std::size_t>(y); };
  for (int y = 0; y < in.rows; ++y) {
    blend_columns(in.ptr(y), scratch.columns, width, narrowed_row(y));
  }
  const float* shares = scratch.rows.shares.data();
  for (int y = 0; y < out.rows; ++y, shares += scratch.rows.most) {
    const auto at = static_cast<std::size_t>(y);
    std::uint8_t* to = out.ptr(y);
    weighted_sums(
        values, std::span(shares, static_cast<std::size_t>(scratch.rows.count[at])),
        [&](std::size_t tap) {
          return narrowed_row(scratch.rows.first[at] + static_cast<int>(tap));
        },
        [to](std::size_t i, float sum) { to[i] = rounded(std::clamp(sum, 0.0F, 255.0F)); });
  }
}

}  // namespace inflow::ops
