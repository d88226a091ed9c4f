// The rows of what is resized, channel by channel.
// Compiled once for each kind of vectors, so that Highway's switch stands in the place of
// #pragma once: see kernel.cpp.

#if defined(INFLOW_FAST_SOURCE) == defined(HWY_TARGET_TOGGLE)
#ifdef INFLOW_FAST_SOURCE
#undef INFLOW_FAST_SOURCE
#else
#define INFLOW_FAST_SOURCE
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

// The rows of an RGB picture, channel by channel. Some are split ahead, since what was stored a
// moment ago cannot be loaded at another offset before it has reached the cache.
class RgbRows {
 public:
  static constexpr std::size_t kChannels = 3;
  static constexpr bool kAreDifferences = false;

  explicit RgbRows(const FastSource& source)
      : source_(source),
        // Windows and vectors may reach past either end.
        stride_(static_cast<std::size_t>(source.crop.width) +
                16 *
                    (static_cast<std::size_t>(source.resizes() ? source.columns->windows : 0) + 2)),
        ahead_(std::clamp(kSplitBytes / static_cast<int>(3 * stride_), 1, source.crop.height)),
        split_(kBefore + grown(source.scratch->split_rows,
                               kBefore + 3 * stride_ * static_cast<std::size_t>(ahead_))) {}

  // Has the row ready; rows are to be asked for from the top.
  HWY_INLINE void reach(int row) {
    if (row >= end_) split_ahead(row);
  }

  const std::uint8_t* row(std::size_t channel, int row) const {
    return split_ + (3 * static_cast<std::size_t>(row - begin_) + channel) * stride_;
  }

 private:
  static constexpr int kSplitBytes = 8192;
  // What a flip may load before the first row.
  static constexpr std::size_t kBefore = fast_row(1);

  HWY_INLINE void split_ahead(int begin) {
    begin_ = begin;
    end_ = std::min(begin + ahead_, source_.crop.height);
    std::uint8_t* to = split_;
    for (int row = begin; row < end_; ++row, to += 3 * stride_) {
      if (row + ahead_ < source_.crop.height) fetch(source_.row(0, row + ahead_));
      split_channels(source_.row(0, row), static_cast<std::size_t>(source_.crop.width), to,
                     stride_);
    }
  }

  // Asks for a row of the crop, which does not follow the one before it in memory.
  HWY_INLINE void fetch(const std::uint8_t* pixels) const {
    constexpr std::size_t kLine = 64;
    const std::size_t bytes = 3 * static_cast<std::size_t>(source_.crop.width);
    for (std::size_t at = 0; at < bytes; at += kLine) hwy::Prefetch(pixels + at);
  }

  const FastSource& source_;
  std::size_t stride_;
  int ahead_;
  std::uint8_t* split_;
  int begin_ = 0;
  int end_ = 0;
};

// The rows of a YccImage, which has room around them for windows and vectors: of luma, or of both
// differences.
template <bool AreDifferences>
class YccRows {
 public:
  static constexpr std::size_t kChannels = AreDifferences ? 2 : 1;
  static constexpr bool kAreDifferences = AreDifferences;

  explicit YccRows(const FastSource& source) : source_(source) {}

  HWY_INLINE void reach(int /*row*/) const {}

  const std::uint8_t* row(std::size_t plane, int row) const { return source_.row(plane, row); }

 private:
  const FastSource& source_;
};

}  // namespace HWY_NAMESPACE
}  // namespace inflow::ops
HWY_AFTER_NAMESPACE();

#endif
