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
#include <cstring>

#include <hwy/cache_control.h>

#include "inflow/ops/view/fast/detail/picture_inl.hpp"

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

// Pixels of a row that are at least as many as a vector of `bytes` holds, channel by channel.
template <class Bytes>
HWY_INLINE void split_vectors(Bytes bytes, const std::uint8_t* rgb, std::size_t pixels,
                              std::uint8_t* to, std::size_t stride) {
  constexpr std::size_t kStep = hn::MaxLanes(bytes);
  const auto split = [&](std::size_t x) INFLOW_INLINE {
    hn::Vec<Bytes> r;
    hn::Vec<Bytes> g;
    hn::Vec<Bytes> b;
    hn::LoadInterleaved3(bytes, rgb + 3 * x, r, g, b);
    hn::StoreU(r, bytes, to + x);
    hn::StoreU(g, bytes, to + stride + x);
    hn::StoreU(b, bytes, to + 2 * stride + x);
  };
  for (std::size_t x = 0; x + kStep <= pixels; x += kStep) split(x);
  split(pixels - kStep);
}

// A source row, channel by channel.
HWY_INLINE void split_channels(const std::uint8_t* rgb, std::size_t pixels, std::uint8_t* to,
                               std::size_t stride) {
  const hn::CappedTag<std::uint8_t, 32> wide;
  const hn::Full128<std::uint8_t> narrow;
  constexpr std::size_t kLeast = hn::MaxLanes(narrow);
  if (pixels >= hn::MaxLanes(wide)) return split_vectors(wide, rgb, pixels, to, stride);
  if (pixels >= kLeast) return split_vectors(narrow, rgb, pixels, to, stride);
  std::array<std::uint8_t, 3 * kLeast> padded{};
  std::memcpy(padded.data(), rgb, 3 * pixels);
  split_vectors(narrow, padded.data(), kLeast, to, stride);
}

// Source rows in the width of the view, in units of 1/64 level: the last few of them, as many as
// one row of the view takes. Taps and windows are template arguments where they are few, 0 where
// not.
class Resize {
 public:
  Resize(const FastJob& job, const Picture& picture)
      : job_(job),
        columns_(job.columns),
        rows_(job.rows),
        weights_apart_(fast_row(job.size.height)),
        picture_(picture),
        row_(picture.row()),
        taps_(job.resizes() ? static_cast<std::size_t>(rows_->taps) : 0),
        lines_(grown_aligned(job.scratch->resized_rows, 3 * row_ * taps_)),
        // Windows and vectors may reach past either end.
        stride_(static_cast<std::size_t>(job.crop.width) +
                16 * (static_cast<std::size_t>(job.resizes() ? columns_->windows : 0) + 2)),
        ahead_(std::clamp(kSplitBytes / static_cast<int>(3 * stride_), 1, job.crop.height)),
        split_(kBefore + grown(job.scratch->split_rows,
                               kBefore + 3 * stride_ * static_cast<std::size_t>(ahead_))) {}

  // Makes row `y` of the view; rows are to be made from the top.
  HWY_INLINE void make(int y) {
    if (!job_.resizes()) return keep(y);
    const int first = rows_->firsts[static_cast<std::size_t>(y)];
    const int end = std::min(first + static_cast<int>(taps_), job_.crop.height);
    for (next_ = std::max(next_, first); next_ < end; ++next_) {
      if (next_ >= split_end_) split_ahead(next_);
      switch (columns_->windows == 1 ? columns_->taps : 0) {
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
        return blend<2>(first, y);
      case 3:
        return blend<3>(first, y);
      case 4:
        return blend<4>(first, y);
      default:
        return blend<0>(first, y);
    }
  }

 private:
  // A row of the crop as it is, or flipped.
  HWY_INLINE void keep(int y) {
    if (y >= split_end_) split_ahead(y);
    const hn::Rebind<std::uint8_t, Words> bytes;
    const auto values_at = [&](const std::uint8_t* from) INFLOW_INLINE {
      return hn::ShiftLeft<4>(hn::PromoteTo(kWords, hn::LoadU(bytes, from)));
    };
    const std::uint8_t* from = split_ + 3 * stride_ * static_cast<std::size_t>(y - split_begin_);
    for (std::size_t channel = 0; channel < 3; ++channel, from += stride_) {
      std::int16_t* to = picture_.at(channel, y);
      const std::uint8_t* last = from + job_.crop.width - kLanes;
      for (std::size_t x = 0; x < row_; x += kLanes, last -= kLanes) {
        const Word values = job_.flip ? hn::Reverse(kWords, values_at(last)) : values_at(from + x);
        hn::StoreU(values, kWords, to + x);
      }
    }
  }

  // Splits some rows ahead, since what was stored a moment ago cannot be loaded at another offset
  // before it has reached the cache.
  static constexpr int kSplitBytes = 8192;
  // What a flip may load before the first row.
  static constexpr std::size_t kBefore = fast_row(1);

  HWY_INLINE void split_ahead(int source_row) {
    split_begin_ = source_row;
    split_end_ = std::min(source_row + ahead_, job_.crop.height);
    std::uint8_t* to = split_;
    for (int row = split_begin_; row < split_end_; ++row, to += 3 * stride_) {
      if (row + ahead_ < job_.crop.height) fetch(job_.source_row(row + ahead_));
      split_channels(job_.source_row(row), static_cast<std::size_t>(job_.crop.width), to, stride_);
    }
  }

  // Asks for a row of the crop, which does not follow the one before it in memory.
  HWY_INLINE void fetch(const std::uint8_t* pixels) const {
    constexpr std::size_t kLine = 64;
    const std::size_t bytes = 3 * static_cast<std::size_t>(job_.crop.width);
    for (std::size_t at = 0; at < bytes; at += kLine) hwy::Prefetch(pixels + at);
  }

  // The three channels of a source row in the width of the view, one after the other.
  std::int16_t* line(int source_row) const {
    return lines_ + 3 * row_ * (static_cast<std::size_t>(source_row) % taps_);
  }

  template <std::size_t Taps>
  HWY_INLINE void widen(int source_row) {
    const hn::Repartition<std::uint8_t, Words> bytes;
    const auto taps = Taps > 0 ? Taps : static_cast<std::size_t>(columns_->taps);
    const auto windows = Taps > 0 ? 1 : static_cast<std::size_t>(columns_->windows);
    const std::uint8_t* red =
        split_ + 3 * stride_ * static_cast<std::size_t>(source_row - split_begin_);
    const std::uint8_t* green = red + stride_;
    const std::uint8_t* blue = green + stride_;
    const int* starts = columns_->starts.data();
    const std::int16_t* weights = columns_->weights.data();
    const auto* lookups = reinterpret_cast<const std::uint8_t*>(columns_->lookups.data());
    std::int16_t* to = line(source_row);
    const std::size_t row = row_;
    for (std::size_t x = 0; x < row; x += kLanes, starts += kLanes / 8) {
      Word r = hn::Zero(kWords);
      Word g = r;
      Word b = r;
      for (std::size_t window = 0; window < windows; ++window) {
        const auto reds = windows_of(bytes, red + 16 * window, starts);
        const auto greens = windows_of(bytes, green + 16 * window, starts);
        const auto blues = windows_of(bytes, blue + 16 * window, starts);
        for (std::size_t tap = 0; tap < taps; ++tap) {
          const auto lookup = hn::LoadU(bytes, lookups + 2 * ((tap * windows + window) * row + x));
          const Word weight = hn::LoadU(kWords, weights + tap * row + x);
          const auto share = [&](auto pixels) INFLOW_INLINE {
            const Word value = hn::BitCast(kWords, hn::TableLookupBytesOr0(pixels, lookup));
            return hn::MulFixedPoint15(hn::ShiftLeft<7>(value), weight);
          };
          r = hn::Add(r, share(reds));
          g = hn::Add(g, share(greens));
          b = hn::Add(b, share(blues));
        }
      }
      hn::StoreU(r, kWords, to + x);
      hn::StoreU(g, kWords, to + row + x);
      hn::StoreU(b, kWords, to + 2 * row + x);
    }
  }

  template <std::size_t Taps>
  HWY_INLINE void blend(int first, int y) const {
    const std::size_t taps = Taps > 0 ? Taps : taps_;
    const std::int16_t* weights = rows_->weights.data() + y;
    std::array<const std::int16_t*, Taps> lines;
    std::array<Word, Taps> words;
    for (std::size_t tap = 0; tap < Taps; ++tap) {
      lines[tap] = line(first + static_cast<int>(tap));
      words[tap] = all(weights[tap * weights_apart_]);
    }
    const std::array<std::int16_t*, 3> to{picture_.at(0, y), picture_.at(1, y), picture_.at(2, y)};
    for (std::size_t x = 0, row = row_; x < row; x += kLanes) {
      for (std::size_t channel = 0; channel < 3; ++channel) {
        Word sum = hn::Zero(kWords);
        for (std::size_t tap = 0; tap < taps; ++tap) {
          const std::int16_t* from = Taps > 0 ? lines[tap] : line(first + static_cast<int>(tap));
          const Word value = hn::LoadU(kWords, from + channel * row + x);
          const Word weight = Taps > 0 ? words[tap] : all(weights[tap * weights_apart_]);
          sum = hn::Add(sum, hn::MulFixedPoint15(value, weight));
        }
        hn::StoreU(clamped(sum), kWords, to[channel] + x);
      }
    }
  }

  const FastJob& job_;
  const FastColumns* columns_;
  const FastTaps* rows_;
  std::size_t weights_apart_;  // of a row, from tap to tap
  const Picture& picture_;
  std::size_t row_;
  std::size_t taps_;
  std::int16_t* lines_;
  std::size_t stride_;
  int ahead_;
  std::uint8_t* split_;
  int split_begin_ = 0;
  int split_end_ = 0;
  int next_ = 0;
};

}  // namespace HWY_NAMESPACE
}  // namespace inflow::ops
HWY_AFTER_NAMESPACE();

#endif
