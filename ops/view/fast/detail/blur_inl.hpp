// The blur by a sampled Gaussian.
// Compiled once for each kind of vectors, so that Highway's switch stands in the place of
// #pragma once: see kernel.cpp.

#if defined(INFLOW_FAST_BLUR) == defined(HWY_TARGET_TOGGLE)
#ifdef INFLOW_FAST_BLUR
#undef INFLOW_FAST_BLUR
#else
#define INFLOW_FAST_BLUR
#endif

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "inflow/ops/detail/reflect.hpp"
#include "inflow/ops/view/fast/detail/picture_inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace inflow::ops {
namespace HWY_NAMESPACE {

// A separable blur, columns before rows. Each pass doubles the unit of the values, so that rounding
// them tap by tap does not add up.
class Blurring {
 public:
  Blurring(const FastJob& job, const Picture& picture)
      : weights_(job.blur),
        size_(job.size),
        picture_(picture),
        row_(picture.row()),
        radius_(job.blur.empty() ? 0 : job.blur.size() - 1),
        border_((radius_ / kLanes + 1) * kLanes),
        stride_(border_ + row_ + border_),
        plane_(row_ * picture.most_rows()) {
    if (weights_.empty()) return;
    bordered_ = grown_aligned(job.scratch->bordered_rows, stride_ * picture.most_rows());
    blurred_ = grown_aligned(job.scratch->blurred, 3 * plane_);
    taken_ = std::span(grown(job.scratch->blurred_rows, 2 * radius_ + 1), 2 * radius_ + 1);
  }

  bool happens() const { return !weights_.empty(); }

  // The blurred rows of a band, until the next band is blurred; all rows of the picture must have
  // been made.
  HWY_INLINE Band blur(const Band& band) const {
    Band blurred = band;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      blurred.channels[channel] = blurred_ + channel * plane_;
      // Rows with few taps, which most are, have loops of their own without a loop over the taps.
      switch (radius_) {
        case 1:
          blur_channel<1>(channel, band, blurred);
          break;
        case 2:
          blur_channel<2>(channel, band, blurred);
          break;
        case 3:
          blur_channel<3>(channel, band, blurred);
          break;
        case 4:
          blur_channel<4>(channel, band, blurred);
          break;
        case 5:
          blur_channel<5>(channel, band, blurred);
          break;
        case 6:
          blur_channel<6>(channel, band, blurred);
          break;
        default:
          blur_channel<0>(channel, band, blurred);
      }
    }
    return blurred;
  }

 private:
  // A radius of 0 stands for any.
  template <std::size_t Radius>
  HWY_NOINLINE void blur_channel(std::size_t channel, const Band& band, const Band& to) const {
    const Taps<Radius> taps(weights_);
    // What was stored a moment ago cannot be loaded at another offset before it has reached the
    // cache, hence all rows of the band in each pass.
    std::int16_t* const lines = bordered_ + border_;
    const std::size_t rows = band.count / row_;
    for (std::size_t y = 0; y < rows; ++y) {
      blur_column(taps, channel, band.top + static_cast<int>(y), lines + y * stride_);
    }
    for (std::size_t y = 0; y < rows; ++y) add_borders(lines + y * stride_);
    for (std::size_t y = 0; y < rows; ++y) {
      blur_row(taps, lines + y * stride_, to.channels[channel] + y * row_);
    }
  }

  // The weights, in registers where they are few.
  template <std::size_t Radius>
  class Taps {
   public:
    explicit HWY_INLINE Taps(std::span<const std::int16_t> weights)
        : weights_(weights.data()), radius_(weights.size() - 1) {
      for (std::size_t tap = 0; tap < words_.size(); ++tap) words_[tap] = all(weights[tap]);
    }

    // Twice the weighted sum, where from(tap) is where values begin at a distance from the middle.
    template <class From>
    HWY_INLINE Word doubled_sum(From from) const {
      const auto values = [&](std::ptrdiff_t tap)
                              INFLOW_INLINE { return hn::LoadU(kWords, from(tap)); };
      const Word middle = values(0);
      Word sum = hn::Add(middle, hn::MulFixedPoint15(middle, weight(0)));
      for (std::size_t tap = 1; tap <= (Radius > 0 ? Radius : radius_); ++tap) {
        const auto at = static_cast<std::ptrdiff_t>(tap);
        sum = hn::Add(sum, hn::MulFixedPoint15(hn::Add(values(-at), values(at)), weight(tap)));
      }
      return sum;
    }

   private:
    HWY_INLINE Word weight(std::size_t tap) const {
      if constexpr (Radius > 0) return words_[tap];
      return all(weights_[tap]);
    }

    const std::int16_t* weights_;
    std::size_t radius_;
    std::array<Word, Radius + 1> words_;
  };

  template <class Taps>
  HWY_INLINE void blur_column(const Taps& taps, std::size_t channel, int y,
                              std::int16_t* to) const {
    const int radius = static_cast<int>(radius_);
    for (int offset = -radius; offset <= radius; ++offset) {
      taken_[static_cast<std::size_t>(radius + offset)] =
          picture_.at(channel, reflected(y + offset, size_.height));
    }
    const std::int16_t* const* middle = taken_.data() + radius_;
    for (std::size_t x = 0, row = row_; x < row; x += kLanes) {
      const Word sum =
          taps.doubled_sum([&](std::ptrdiff_t tap) INFLOW_INLINE { return middle[tap] + x; });
      hn::StoreU(sum, kWords, to + x);
    }
  }

  HWY_INLINE void add_borders(std::int16_t* line) const {
    std::int16_t* const last = line + size_.width - 1;
    if (radius_ <= kLanes && size_.width > static_cast<int>(kLanes)) {
      hn::StoreU(hn::Reverse(kWords, hn::LoadU(kWords, line + 1)), kWords, line - kLanes);
      hn::StoreU(hn::Reverse(kWords, hn::LoadU(kWords, last - kLanes)), kWords, last + 1);
      return;
    }
    for (int i = 1; i <= static_cast<int>(radius_); ++i) {
      line[-i] = line[reflected(-i, size_.width)];
      last[i] = line[reflected(size_.width - 1 + i, size_.width)];
    }
  }

  template <class Taps>
  HWY_INLINE void blur_row(const Taps& taps, const std::int16_t* line, std::int16_t* to) const {
    for (const std::int16_t* end = to + row_; to != end; to += kLanes, line += kLanes) {
      const Word sum =
          taps.doubled_sum([&](std::ptrdiff_t tap) INFLOW_INLINE { return line + tap; });
      const Word rounded = hn::ShiftRight<2>(hn::Add(sum, all(2)));
      hn::StoreU(hn::Min(rounded, all(kFastOne)), kWords, to);
    }
  }

  std::span<const std::int16_t> weights_;
  Size size_;
  const Picture& picture_;
  std::size_t row_;
  std::size_t radius_;
  std::size_t border_;  // room for the taps on either side
  std::size_t stride_;
  std::size_t plane_;
  std::int16_t* bordered_ = nullptr;
  std::int16_t* blurred_ = nullptr;
  std::span<const std::int16_t*> taken_;
};

}  // namespace HWY_NAMESPACE
}  // namespace inflow::ops
HWY_AFTER_NAMESPACE();

#endif
