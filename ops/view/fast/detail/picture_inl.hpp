// The picture at work: rows of 16-bit values in fixed point, channel by channel.
// Compiled once for each kind of vectors, so that Highway's switch stands in the place of
// #pragma once: see kernel.cpp.

#if defined(INFLOW_FAST_PICTURE) == defined(HWY_TARGET_TOGGLE)
#ifdef INFLOW_FAST_PICTURE
#undef INFLOW_FAST_PICTURE
#else
#define INFLOW_FAST_PICTURE
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <hwy/highway.h>

#include "inflow/ops/detail/grow.hpp"
#include "inflow/ops/detail/inline.hpp"
#include "inflow/ops/view/fast/detail/fast.hpp"

HWY_BEFORE_NAMESPACE();
namespace inflow::ops {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Words = hn::ScalableTag<std::int16_t>;
using Word = hn::Vec<Words>;  // one channel of neighboring pixels
constexpr Words kWords;
constexpr std::size_t kLanes = hn::MaxLanes(kWords);
static_assert(fast_row(1) % kLanes == 0);

HWY_INLINE Word all(std::int16_t value) { return hn::Set(kWords, value); }

HWY_INLINE Word clamped(Word value) {
  return hn::Min(hn::Max(value, hn::Zero(kWords)), all(kFastOne));
}

// Some rows of the view, channel by channel, as one stretch of values each.
struct Band {
  int top = 0;
  int bottom = 0;  // past the last row
  std::array<std::int16_t*, 3> channels{};
  std::size_t count = 0;
};

class Picture {
 public:
  explicit Picture(const FastJob& job)
      : row_(fast_row(job.size.width)),
        height_(job.size.height),
        // Equal distances of a power of two would have the channels contend for the same lines of
        // the cache.
        stride_(row_ * static_cast<std::size_t>(height_) + 32),
        values_(grown_aligned(job.scratch->picture, 3 * stride_)) {}

  std::size_t row() const { return row_; }

  // Rows of a band: so few that it stays in the first-level cache from pass to pass, and that the
  // processor holds what is on its way to memory while the next band is worked on.
  std::size_t most_rows() const {
    constexpr std::size_t kValues = 1024;
    return std::max<std::size_t>(1, kValues / row_);
  }

  template <class Visit>
  HWY_INLINE void for_each_band(Visit visit) const {
    const int rows = static_cast<int>(most_rows());
    for (int top = 0; top < height_; top += rows) visit(band(top, std::min(top + rows, height_)));
  }

  HWY_INLINE std::int16_t* at(std::size_t channel, int y) const {
    return values_ + channel * stride_ + static_cast<std::size_t>(y) * row_;
  }

 private:
  HWY_INLINE Band band(int top, int bottom) const {
    return {.top = top,
            .bottom = bottom,
            .channels = {at(0, top), at(1, top), at(2, top)},
            .count = static_cast<std::size_t>(bottom - top) * row_};
  }

  std::size_t row_;
  int height_;
  std::size_t stride_;
  std::int16_t* values_;
};

// Calls change(r, g, b) for all pixels of a band.
template <class Change>
HWY_INLINE void for_each_pixel(const Band& band, Change change) {
  const auto [red, green, blue] = band.channels;
  for (std::size_t i = 0; i < band.count; i += kLanes) {
    Word r = hn::LoadU(kWords, red + i);
    Word g = hn::LoadU(kWords, green + i);
    Word b = hn::LoadU(kWords, blue + i);
    change(r, g, b);
    hn::StoreU(r, kWords, red + i);
    hn::StoreU(g, kWords, green + i);
    hn::StoreU(b, kWords, blue + i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace inflow::ops
HWY_AFTER_NAMESPACE();

#endif
