// The blur by a sampled Gaussian.
// Compiled once for each kind of vectors, so that Highway's switch stands in the place of
// #pragma once: see kernel.cpp.

#if defined(INFLOW_FAST_BLUR) == defined(HWY_TARGET_TOGGLE)
#ifdef INFLOW_FAST_BLUR
#undef INFLOW_FAST_BLUR
#else
#define INFLOW_FAST_BLUR
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "inflow/ops/detail/reflect.hpp"
#include "inflow/ops/view/fast/detail/picture_inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace inflow::ops {
namespace HWY_NAMESPACE {

// A separable blur; between its passes values are in units of 1/64 level.
class Blurring {
 public:
  Blurring(const FastJob& job, const Picture& picture)
      : weights_(job.blur),
        size_(job.size),
        picture_(picture),
        row_(picture.row()),
        radius_(job.blur.empty() ? 0 : job.blur.size() - 1),
        stride_(row_ + 2 * radius_ + kLanes) {
    if (weights_.empty()) return;
    bordered_ = grown(job.scratch->bordered_rows, stride_ * picture.most_rows());
    blurred_ =
        grown_aligned(job.scratch->blurred, 3 * row_ * static_cast<std::size_t>(size_.height));
    taken_ = std::span(grown(job.scratch->blurred_rows, 2 * radius_ + 1), 2 * radius_ + 1);
  }

  bool happens() const { return !weights_.empty(); }

  // Along the rows of a band.
  HWY_INLINE void blur_rows(const Band& band) const {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      std::int16_t* line = bordered_ + radius_;
      for (int y = band.top; y < band.bottom; ++y, line += stride_) add_borders(channel, y, line);
      line = bordered_ + radius_;
      for (int y = band.top; y < band.bottom; ++y, line += stride_) blur_row(line, at(channel, y));
    }
  }

  // Along the columns, once all rows are done, back into a band of the picture.
  HWY_INLINE void blur_columns(const Band& band) const {
    for (std::size_t channel = 0; channel < 3; ++channel) {
      for (int y = band.top; y < band.bottom; ++y) blur_column(channel, y);
    }
  }

 private:
  HWY_INLINE void add_borders(std::size_t channel, int y, std::int16_t* line) const {
    const std::int16_t* from = picture_.at(channel, y);
    std::copy_n(from, row_, line);
    for (int i = 1; i <= static_cast<int>(radius_); ++i) {
      line[-i] = from[reflected(-i, size_.width)];
      line[size_.width - 1 + i] = from[reflected(size_.width - 1 + i, size_.width)];
    }
  }

  // Calls blend(x, count), where `count` says by its type how many blocks it takes from x on: a few
  // at a time, which share what is loaded for each tap.
  template <class Blend>
  HWY_INLINE void for_each_block(Blend blend) const {
    constexpr std::size_t kFew = 3;
    std::size_t x = 0;
    for (; x + kFew * kLanes <= row_; x += kFew * kLanes) {
      blend(x, std::integral_constant<std::size_t, kFew>());
    }
    for (; x < row_; x += kLanes) blend(x, std::integral_constant<std::size_t, 1>());
  }

  HWY_INLINE void blur_row(const std::int16_t* line, std::int16_t* to) const {
    for_each_block([&](std::size_t x, auto count) INFLOW_INLINE {
      std::array<Word, count> sums;
      for (std::size_t i = 0; i < count; ++i) {
        const Word value = hn::LoadU(kWords, line + x + i * kLanes);
        sums[i] = hn::MulFixedPoint15(hn::ShiftLeft<2>(value), all(weights_[0]));
      }
      for (std::size_t tap = 1; tap < weights_.size(); ++tap) {
        const Word weight = all(weights_[tap]);
        const std::int16_t* left = line + x - tap;
        const std::int16_t* right = line + x + tap;
        for (std::size_t i = 0; i < count; ++i) {
          const Word both =
              hn::Add(hn::LoadU(kWords, left + i * kLanes), hn::LoadU(kWords, right + i * kLanes));
          sums[i] = hn::Add(sums[i], hn::MulFixedPoint15(hn::ShiftLeft<2>(both), weight));
        }
      }
      for (std::size_t i = 0; i < count; ++i) hn::StoreU(sums[i], kWords, to + x + i * kLanes);
    });
  }

  HWY_INLINE void blur_column(std::size_t channel, int y) const {
    const int radius = static_cast<int>(radius_);
    for (int offset = -radius; offset <= radius; ++offset) {
      taken_[static_cast<std::size_t>(radius + offset)] =
          at(channel, reflected(y + offset, size_.height));
    }
    const std::int16_t* const* middle = taken_.data() + radius;
    std::int16_t* to = picture_.at(channel, y);
    for_each_block([&](std::size_t x, auto count) INFLOW_INLINE {
      std::array<Word, count> sums;
      for (std::size_t i = 0; i < count; ++i) {
        const Word value = hn::LoadU(kWords, middle[0] + x + i * kLanes);
        sums[i] = hn::MulFixedPoint15(value, all(weights_[0]));
      }
      for (std::ptrdiff_t tap = 1; tap <= radius; ++tap) {
        const Word weight = all(weights_[static_cast<std::size_t>(tap)]);
        const std::int16_t* above = middle[-tap] + x;
        const std::int16_t* below = middle[tap] + x;
        for (std::size_t i = 0; i < count; ++i) {
          const Word both =
              hn::Add(hn::LoadU(kWords, above + i * kLanes), hn::LoadU(kWords, below + i * kLanes));
          sums[i] = hn::Add(sums[i], hn::MulFixedPoint15(both, weight));
        }
      }
      for (std::size_t i = 0; i < count; ++i) {
        const Word rounded = hn::ShiftRight<2>(hn::Add(sums[i], all(2)));
        hn::StoreU(hn::Min(rounded, all(kFastOne)), kWords, to + x + i * kLanes);
      }
    });
  }

  std::int16_t* at(std::size_t channel, int y) const {
    return blurred_ + (3 * static_cast<std::size_t>(y) + channel) * row_;
  }

  std::span<const std::int16_t> weights_;
  Size size_;
  const Picture& picture_;
  std::size_t row_;
  std::size_t radius_;
  std::size_t stride_;
  std::int16_t* bordered_ = nullptr;
  std::int16_t* blurred_ = nullptr;
  std::span<const std::int16_t*> taken_;
};

}  // namespace HWY_NAMESPACE
}  // namespace inflow::ops
HWY_AFTER_NAMESPACE();

#endif
