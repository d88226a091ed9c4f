// Source pixels to rows of the view.
// Compiled once for each kind of vectors, so that Highway's switch stands in the place of
// #pragma once: see kernel.cpp.

#if defined(INFLOW_FAST_RESIZE) == defined(HWY_TARGET_TOGGLE)
#ifdef INFLOW_FAST_RESIZE
#undef INFLOW_FAST_RESIZE
#else
#define INFLOW_FAST_RESIZE
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "inflow/ops/view/fast/detail/colors_inl.hpp"
#include "inflow/ops/view/fast/detail/picture_inl.hpp"
#include "inflow/ops/view/fast/detail/source_inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace inflow::ops {
namespace HWY_NAMESPACE {

// The 16 source pixels that each block of eight output pixels looks up.
template <class Bytes>
HWY_INLINE hn::Vec<Bytes> windows_of(Bytes bytes, const std::uint8_t* line, const int* starts) {
  if constexpr (hn::MaxLanes(bytes) == 16) {
    return hn::LoadU(bytes, line + starts[0]);
  } else {
    const hn::Half<Bytes> half;
    return hn::Combine(bytes, windows_of(half, line, starts + hn::MaxLanes(half) / 16),
                       windows_of(half, line, starts));
  }
}

// Source rows in the width of the view, in units of 1/64 level: the last few of them, as many as
// one row of the view takes. Differences are less 128, so that grey is 0 and stays grey to the bit.
// Taps and windows are template arguments where they are few, 0 where not.
template <class Rows>
class Resize {
 public:
  static constexpr std::size_t kChannels = Rows::kChannels;
  using Pixels = std::array<Word, kChannels>;  // neighbors in a row, channel by channel

  Resize(const FastJob& job, const FastSource& source)
      : source_(source),
        source_rows_(source),
        flip_(job.flip),
        weights_apart_(fast_row(job.size.height)),
        row_(fast_row(job.size.width)),
        taps_(source.resizes() ? static_cast<std::size_t>(source.rows->taps) : 0),
        lines_(grown_aligned(source.scratch->resized_rows, kChannels * row_ * taps_)) {}

  // Makes row `y` of the view: put(x, pixels) for every vector of it. Rows are to be made from the
  // top.
  template <class Put>
  HWY_INLINE void make(int y, Put put) {
    if (!source_.resizes()) return keep(y, put);
    const int first = source_.rows->firsts[static_cast<std::size_t>(y)];
    const int end = std::min(first + static_cast<int>(taps_), source_.crop.height);
    for (next_ = std::max(next_, first); next_ < end; ++next_) {
      source_rows_.reach(next_);
      switch (source_.columns->windows == 1 ? source_.columns->taps : 0) {
        case 2:
          widen<2>(next_);
          break;
        case 3:
          widen<3>(next_);
          break;
        case 4:
          widen<4>(next_);
          break;
        default:
          widen<0>(next_);
      }
    }
    switch (taps_) {
      case 2:
        return blend<2>(first, y, put);
      case 3:
        return blend<3>(first, y, put);
      case 4:
        return blend<4>(first, y, put);
      default:
        return blend<0>(first, y, put);
    }
  }

 private:
  static constexpr bool kAreDifferences = Rows::kAreDifferences;

  // Of a value in the low byte.
  static HWY_INLINE Word times_128(Word value) {
    if (!kAreDifferences) return hn::ShiftLeft<7>(value);
    return hn::ShiftRight<1>(hn::ShiftLeft<8>(value));
  }

  // What filters overshoot is cut off.
  static HWY_INLINE Word within_bytes(Word value) {
    if (!kAreDifferences) return clamped(value);
    return hn::Min(hn::Max(value, all(-128 * kFastUnit)), all(127 * kFastUnit));
  }

  // A row of the crop as it is, or flipped.
  template <class Put>
  HWY_INLINE void keep(int y, Put put) {
    source_rows_.reach(y);
    const hn::Rebind<std::uint8_t, Words> bytes;
    const std::ptrdiff_t last = source_.crop.width - static_cast<std::ptrdiff_t>(kLanes);
    for (std::size_t x = 0; x < row_; x += kLanes) {
      const auto at = static_cast<std::ptrdiff_t>(x);
      Pixels pixels;
      for (std::size_t channel = 0; channel < kChannels; ++channel) {
        const std::uint8_t* const from = source_rows_.row(channel, y) + (flip_ ? last - at : at);
        Word values = hn::PromoteTo(kWords, hn::LoadU(bytes, from));
        if (kAreDifferences) values = hn::Sub(values, all(128));
        pixels[channel] = hn::ShiftLeft<4>(flip_ ? hn::Reverse(kWords, values) : values);
      }
      put(x, pixels);
    }
  }

  // A source row in the width of the view, one channel after the other.
  std::int16_t* line(int source_row) const {
    return lines_ + kChannels * row_ * (static_cast<std::size_t>(source_row) % taps_);
  }

  template <std::size_t Taps>
  HWY_INLINE void widen(int source_row) {
    const hn::Repartition<std::uint8_t, Words> bytes;
    const FastColumns& columns = *source_.columns;
    const auto taps = Taps > 0 ? Taps : static_cast<std::size_t>(columns.taps);
    const auto windows = Taps > 0 ? 1 : static_cast<std::size_t>(columns.windows);
    std::array<const std::uint8_t*, kChannels> from;
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
      from[channel] = source_rows_.row(channel, source_row);
    }
    const int* starts = columns.starts.data();
    const std::int16_t* weights = columns.weights.data();
    const auto* lookups = reinterpret_cast<const std::uint8_t*>(columns.lookups.data());
    std::int16_t* to = line(source_row);
    const std::size_t row = row_;
    for (std::size_t x = 0; x < row; x += kLanes, starts += kLanes / 8) {
      Pixels sums;
      for (Word& sum : sums) sum = hn::Zero(kWords);
      for (std::size_t window = 0; window < windows; ++window) {
        std::array<hn::Vec<hn::Repartition<std::uint8_t, Words>>, kChannels> pixels;
        for (std::size_t channel = 0; channel < kChannels; ++channel) {
          pixels[channel] = windows_of(bytes, from[channel] + 16 * window, starts);
          if (kAreDifferences) pixels[channel] = hn::Xor(pixels[channel], hn::Set(bytes, 128));
        }
        for (std::size_t tap = 0; tap < taps; ++tap) {
          const auto lookup = hn::LoadU(bytes, lookups + 2 * ((tap * windows + window) * row + x));
          const Word weight = hn::LoadU(kWords, weights + tap * row + x);
          for (std::size_t channel = 0; channel < kChannels; ++channel) {
            const Word value =
                hn::BitCast(kWords, hn::TableLookupBytesOr0(pixels[channel], lookup));
            const Word share = hn::MulFixedPoint15(times_128(value), weight);
            sums[channel] = hn::Add(sums[channel], share);
          }
        }
      }
      for (std::size_t channel = 0; channel < kChannels; ++channel) {
        hn::StoreU(sums[channel], kWords, to + channel * row + x);
      }
    }
  }

  template <std::size_t Taps, class Put>
  HWY_INLINE void blend(int first, int y, Put put) const {
    const std::size_t taps = Taps > 0 ? Taps : taps_;
    const std::int16_t* weights = source_.rows->weights.data() + y;
    std::array<const std::int16_t*, Taps> lines;
    std::array<Word, Taps> words;
    for (std::size_t tap = 0; tap < Taps; ++tap) {
      lines[tap] = line(first + static_cast<int>(tap));
      words[tap] = all(weights[tap * weights_apart_]);
    }
    for (std::size_t x = 0, row = row_; x < row; x += kLanes) {
      Pixels pixels;
      for (std::size_t channel = 0; channel < kChannels; ++channel) {
        Word sum = hn::Zero(kWords);
        for (std::size_t tap = 0; tap < taps; ++tap) {
          const std::int16_t* from = Taps > 0 ? lines[tap] : line(first + static_cast<int>(tap));
          const Word value = hn::LoadU(kWords, from + channel * row + x);
          const Word weight = Taps > 0 ? words[tap] : all(weights[tap * weights_apart_]);
          sum = hn::Add(sum, hn::MulFixedPoint15(value, weight));
        }
        pixels[channel] = within_bytes(sum);
      }
      put(x, pixels);
    }
  }

  const FastSource& source_;
  Rows source_rows_;
  bool flip_;
  std::size_t weights_apart_;  // of a row, from tap to tap
  std::size_t row_;
  std::size_t taps_;
  std::int16_t* lines_;
  int next_ = 0;
};

// Makes the rows of a view of an RGB picture.
class RgbResize {
 public:
  RgbResize(const FastJob& job, const Picture& picture)
      : picture_(picture), resize_(job, job.source) {}

  HWY_INLINE void make(int y) {
    const std::array<std::int16_t*, 3> to{picture_.at(0, y), picture_.at(1, y), picture_.at(2, y)};
    resize_.make(y, [&](std::size_t x, const auto& pixels) INFLOW_INLINE {
      for (std::size_t channel = 0; channel < 3; ++channel) {
        hn::StoreU(pixels[channel], kWords, to[channel] + x);
      }
    });
  }

 private:
  const Picture& picture_;
  Resize<RgbRows> resize_;
};

// Makes the rows of a view of a YccImage.
class YccResize {
 public:
  YccResize(const FastJob& job, const Picture& picture)
      : picture_(picture), luma_(job, job.source), differences_(job, job.differences) {}

  HWY_INLINE void make(int y) {
    std::int16_t* const red = picture_.at(0, y);
    std::int16_t* const green = picture_.at(1, y);
    std::int16_t* const blue = picture_.at(2, y);
    luma_.make(y, [&](std::size_t x, const auto& pixels)
                      INFLOW_INLINE { hn::StoreU(pixels[0], kWords, red + x); });
    differences_.make(y, [&](std::size_t x, const auto& pixels) INFLOW_INLINE {
      const Rgb rgb = rgb_of(hn::LoadU(kWords, red + x), pixels[0], pixels[1]);
      hn::StoreU(rgb.red, kWords, red + x);
      hn::StoreU(rgb.green, kWords, green + x);
      hn::StoreU(rgb.blue, kWords, blue + x);
    });
  }

 private:
  const Picture& picture_;
  Resize<YccRows</*AreDifferences=*/false>> luma_;
  Resize<YccRows</*AreDifferences=*/true>> differences_;
};

}  // namespace HWY_NAMESPACE
}  // namespace inflow::ops
HWY_AFTER_NAMESPACE();

#endif
