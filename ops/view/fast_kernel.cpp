#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "inflow/ops/detail/grow.hpp"
#include "inflow/ops/detail/reflect.hpp"
#include "inflow/ops/view/detail/fast.hpp"

// What follows is compiled once for each kind of vectors. highway.h comes after foreach_target.h.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "inflow/ops/view/fast_kernel.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

// Of a lambda: compiled for the vectors at hand, and never called, which would spill them all.
#define INFLOW_INLINE HWY_ATTR __attribute__((always_inline))

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

// ---- The picture at work

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

  // Rows of a band, so few that it stays in the first-level cache from pass to pass.
  std::size_t most_rows() const {
    constexpr std::size_t kValues = 4096;
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

// ---- Resizing

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

// A source row, channel by channel.
HWY_INLINE void split_channels(const std::uint8_t* rgb, std::size_t pixels, std::uint8_t* to,
                               std::size_t stride) {
  const hn::Full128<std::uint8_t> bytes;
  constexpr std::size_t kStep = 16;
  const auto split = [&](const std::uint8_t* from, std::size_t x) INFLOW_INLINE {
    hn::Vec<hn::Full128<std::uint8_t>> r;
    hn::Vec<hn::Full128<std::uint8_t>> g;
    hn::Vec<hn::Full128<std::uint8_t>> b;
    hn::LoadInterleaved3(bytes, from, r, g, b);
    hn::StoreU(r, bytes, to + x);
    hn::StoreU(g, bytes, to + stride + x);
    hn::StoreU(b, bytes, to + 2 * stride + x);
  };
  if (pixels >= kStep) {
    for (std::size_t x = 0; x + kStep <= pixels; x += kStep) split(rgb + 3 * x, x);
    split(rgb + 3 * (pixels - kStep), pixels - kStep);
    return;
  }
  std::array<std::uint8_t, 3 * kStep> padded{};
  std::memcpy(padded.data(), rgb, 3 * pixels);
  split(padded.data(), 0);
}

// Source rows in the width of the view, in units of 1/64 level: the last few of them, as many as
// one row of the view takes. Taps and windows are template arguments where they are few, 0 where
// not.
class Resize {
 public:
  Resize(const FastJob& job, const Picture& picture)
      : job_(job),
        columns_(job.scratch->columns),
        rows_(job.scratch->rows),
        picture_(picture),
        row_(picture.row()),
        taps_(static_cast<std::size_t>(rows_.taps)),
        lines_(grown_aligned(job.scratch->resized_rows, 3 * row_ * taps_)),
        // Windows may reach past the end.
        stride_(static_cast<std::size_t>(job.source.cols) +
                16 * (static_cast<std::size_t>(columns_.windows) + 2)),
        ahead_(std::clamp(kSplitBytes / static_cast<int>(3 * stride_), 1, job.source.rows)),
        split_(grown(job.scratch->split_rows, 3 * stride_ * static_cast<std::size_t>(ahead_))) {}

  // Makes row `y` of the view; rows are to be made from the top.
  HWY_INLINE void make(int y) {
    const int first = rows_.firsts[static_cast<std::size_t>(y)];
    const int end = std::min(first + static_cast<int>(taps_), job_.source.rows);
    for (next_ = std::max(next_, first); next_ < end; ++next_) {
      if (next_ >= split_end_) split_ahead(next_);
      switch (columns_.windows == 1 ? columns_.taps : 0) {
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
  // Splits some rows ahead, since what was stored a moment ago cannot be loaded at another offset
  // before it has reached the cache.
  static constexpr int kSplitBytes = 8192;

  HWY_INLINE void split_ahead(int source_row) {
    split_begin_ = source_row;
    split_end_ = std::min(source_row + ahead_, job_.source.rows);
    std::uint8_t* to = split_;
    for (int row = split_begin_; row < split_end_; ++row, to += 3 * stride_) {
      split_channels(job_.source.ptr(row), static_cast<std::size_t>(job_.source.cols), to, stride_);
    }
  }

  // The three channels of a source row in the width of the view, one after the other.
  std::int16_t* line(int source_row) const {
    return lines_ + 3 * row_ * (static_cast<std::size_t>(source_row) % taps_);
  }

  template <std::size_t Taps>
  HWY_INLINE void widen(int source_row) {
    const hn::Repartition<std::uint8_t, Words> bytes;
    const auto taps = Taps > 0 ? Taps : static_cast<std::size_t>(columns_.taps);
    const auto windows = Taps > 0 ? 1 : static_cast<std::size_t>(columns_.windows);
    const std::uint8_t* red =
        split_ + 3 * stride_ * static_cast<std::size_t>(source_row - split_begin_);
    const std::uint8_t* green = red + stride_;
    const std::uint8_t* blue = green + stride_;
    const int* starts = columns_.starts.data();
    const std::int16_t* weights = columns_.weights.data();
    const std::uint8_t* lookups = columns_.lookups.data();
    std::int16_t* to = line(source_row);
    for (std::size_t x = 0; x < row_; x += kLanes, starts += kLanes / 8) {
      Word r = hn::Zero(kWords);
      Word g = r;
      Word b = r;
      for (std::size_t window = 0; window < windows; ++window) {
        const auto reds = windows_of(bytes, red + 16 * window, starts);
        const auto greens = windows_of(bytes, green + 16 * window, starts);
        const auto blues = windows_of(bytes, blue + 16 * window, starts);
        for (std::size_t tap = 0; tap < taps; ++tap) {
          const auto lookup = hn::LoadU(bytes, lookups + 2 * ((tap * windows + window) * row_ + x));
          const Word weight = hn::LoadU(kWords, weights + tap * row_ + x);
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
      hn::StoreU(g, kWords, to + row_ + x);
      hn::StoreU(b, kWords, to + 2 * row_ + x);
    }
  }

  template <std::size_t Taps>
  HWY_INLINE void blend(int first, int y) const {
    const std::size_t taps = Taps > 0 ? Taps : taps_;
    const std::int16_t* weights = rows_.weights.data() + static_cast<std::size_t>(y) * taps;
    std::array<const std::int16_t*, Taps> lines;
    for (std::size_t tap = 0; tap < Taps; ++tap) lines[tap] = line(first + static_cast<int>(tap));
    for (std::size_t channel = 0; channel < 3; ++channel) {
      std::int16_t* to = picture_.at(channel, y);
      for (std::size_t x = 0; x < row_; x += kLanes) {
        Word sum = hn::Zero(kWords);
        for (std::size_t tap = 0; tap < taps; ++tap) {
          const std::int16_t* from = Taps > 0 ? lines[tap] : line(first + static_cast<int>(tap));
          const Word value = hn::LoadU(kWords, from + channel * row_ + x);
          sum = hn::Add(sum, hn::MulFixedPoint15(value, all(weights[tap])));
        }
        hn::StoreU(clamped(sum), kWords, to + x);
      }
    }
  }

  const FastJob& job_;
  const FastColumns& columns_;
  const FastRows& rows_;
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

// ---- Colors

// Calls pass(scale), where scale(value) is the value times the factor, saturated.
template <class Pass>
HWY_INLINE void with_factor(const FastFactor& factor, Pass pass) {
  const Word multiplier = all(factor.multiplier);
  const auto scale = [&](Word value) INFLOW_INLINE {
    return hn::MulFixedPoint15(hn::ShiftLeft<3>(value), multiplier);
  };
  if (factor.doublings == 0) return pass(scale);
  pass([&](Word value) INFLOW_INLINE {
    value = scale(value);
    for (int i = 0; i < factor.doublings; ++i) value = hn::SaturatedAdd(value, value);
    return value;
  });
}

// ITU-R 601-2, exact for grey.
HWY_INLINE Word luma(Word r, Word g, Word b) {
  const Word red = hn::MulFixedPoint15(hn::Sub(r, g), all(9798));
  const Word blue = hn::MulFixedPoint15(hn::Sub(b, g), all(3735));
  return hn::Add(g, hn::Add(red, blue));
}

HWY_INLINE void brighten(const Band& band, const FastFactor& factor) {
  with_factor(factor, [&](auto scale) INFLOW_INLINE {
    for_each_pixel(band, [&](Word& r, Word& g, Word& b) INFLOW_INLINE {
      r = hn::Min(scale(r), all(kFastOne));
      g = hn::Min(scale(g), all(kFastOne));
      b = hn::Min(scale(b), all(kFastOne));
    });
  });
}

// Away from middle(r, g, b), or through it.
template <class Middle>
HWY_INLINE void stretch(const Band& band, const FastFactor& factor, Middle middle) {
  with_factor(factor, [&](auto scale) INFLOW_INLINE {
    for_each_pixel(band, [&](Word& r, Word& g, Word& b) INFLOW_INLINE {
      const Word from = middle(r, g, b);
      r = clamped(hn::SaturatedAdd(from, scale(hn::Sub(r, from))));
      g = clamped(hn::SaturatedAdd(from, scale(hn::Sub(g, from))));
      b = clamped(hn::SaturatedAdd(from, scale(hn::Sub(b, from))));
    });
  });
}

HWY_INLINE void saturate(const Band& band, const FastFactor& factor) {
  stretch(band, factor, [](Word r, Word g, Word b) INFLOW_INLINE { return luma(r, g, b); });
}

// Turns a hue forward by at most half a circle, without a division: with c the spread of the three
// values, everything about a hue is linear in c times its angle in sixths, which is kept in -3c ..
// 3c.
HWY_INLINE void turn(Word multiplier, Word& r, Word& g, Word& b) {
  const Word low = hn::Min(hn::Min(r, g), b);
  const Word high = hn::Max(hn::Max(r, g), b);
  const Word c = hn::Sub(high, low);
  const Word c2 = hn::Add(c, c);
  const Word c3 = hn::Add(c2, c);
  const Word near_red = hn::Sub(g, b);
  const Word near_green = hn::Add(c2, hn::Sub(b, r));
  const Word near_blue = hn::Sub(hn::Sub(r, g), c2);
  Word angle = hn::IfThenElse(hn::Eq(g, high), near_green, near_blue);
  angle = hn::IfThenElse(hn::Eq(r, high), near_red, angle);
  angle = hn::Add(angle, hn::MulFixedPoint15(hn::ShiftLeft<3>(c), multiplier));
  angle = hn::IfThenElse(hn::Gt(angle, c3), hn::Sub(angle, hn::Add(c3, c3)), angle);
  const auto ramp = [&](Word height) INFLOW_INLINE {
    return hn::Add(low, hn::Min(hn::Max(height, hn::Zero(kWords)), c));
  };
  r = ramp(hn::Sub(c2, hn::Abs(angle)));
  g = ramp(hn::Max(angle, hn::Neg(hn::Add(c2, angle))));
  b = ramp(hn::Max(hn::Neg(angle), hn::Sub(angle, c2)));
}

HWY_INLINE void turn_hue(const Band& band, const FastPart& part) {
  const Word multiplier = all(part.factor.multiplier);
  Band turned = band;
  if (part.mirrored) std::swap(turned.channels[1], turned.channels[2]);
  for_each_pixel(turned,
                 [&](Word& r, Word& g, Word& b) INFLOW_INLINE { turn(multiplier, r, g, b); });
}

HWY_INLINE void apply_parts(std::span<const FastPart> parts, const Band& band) {
  for (const FastPart& part : parts) {
    switch (part.part) {
      case JitterPart::brightness:
        brighten(band, part.factor);
        break;
      case JitterPart::saturation:
        saturate(band, part.factor);
        break;
      case JitterPart::hue:
        turn_hue(band, part);
        break;
      case JitterPart::contrast:  // waits for the mean of all bands
        break;
    }
  }
}

// The mean luma of all pixels, rounded.
class MeanLuma {
 public:
  explicit MeanLuma(const FastJob& job)
      : width_(static_cast<std::size_t>(job.size.width)),
        row_(fast_row(job.size.width)),
        pixels_(std::int64_t{job.size.width} * job.size.height) {}

  HWY_INLINE void add(const Band& band) {
    const hn::Repartition<std::int32_t, Words> ints;
    auto odd = hn::Zero(ints);
    auto sum = hn::Zero(ints);
    const auto [red, green, blue] = band.channels;
    for (std::size_t row = 0; row < band.count; row += row_) {
      for (std::size_t x = 0; x < width_; x += kLanes) {
        const std::size_t i = row + x;
        Word grey = luma(hn::LoadU(kWords, red + i), hn::LoadU(kWords, green + i),
                         hn::LoadU(kWords, blue + i));
        if (x + kLanes > width_) grey = hn::IfThenElseZero(hn::FirstN(kWords, width_ - x), grey);
        sum = hn::ReorderWidenMulAccumulate(ints, grey, all(1), sum, odd);
      }
    }
    total_ += hn::GetLane(hn::SumOfLanes(ints, hn::Add(sum, odd)));
  }

  std::int16_t rounded() const {
    return static_cast<std::int16_t>((total_ + pixels_ / 2) / pixels_);
  }

 private:
  std::size_t width_;
  std::size_t row_;
  std::int64_t pixels_;
  std::int64_t total_ = 0;
};

// ---- Blur

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

// ---- The row of the batch

using Floats = hn::Repartition<float, Words>;
using Bytes = hn::Rebind<std::uint8_t, Words>;
using HalfWords = hn::Half<Words>;

// A channel as it is written.
struct Writing {
  float scale = 0;
  float offset = 0;

  HWY_INLINE hn::Vec<Floats> floats(hn::Vec<HalfWords> words) const {
    const hn::Repartition<std::int32_t, Words> ints;
    const auto value = hn::ConvertTo(Floats(), hn::PromoteTo(ints, words));
    // Not fused, since not every processor could.
    return hn::Add(hn::Mul(value, hn::Set(Floats(), scale)), hn::Set(Floats(), offset));
  }

  HWY_INLINE void store(Word value, float* to) const {
    hn::StoreU(floats(hn::LowerHalf(HalfWords(), value)), Floats(), to);
    hn::StoreU(floats(hn::UpperHalf(HalfWords(), value)), Floats(), to + kLanes / 2);
  }

  static HWY_INLINE hn::Vec<Bytes> bytes(Word value) {
    return hn::DemoteTo(Bytes(), hn::ShiftRight<4>(hn::Add(value, all(kFastUnit / 2))));
  }

  HWY_INLINE void store(Word value, std::uint8_t* to) const {
    hn::StoreU(bytes(value), Bytes(), to);
  }
};

HWY_INLINE void store_pixels(const std::array<Writing, 3>& channels, Word r, Word g, Word b,
                             float* to) {
  const HalfWords half;
  hn::StoreInterleaved3(channels[0].floats(hn::LowerHalf(half, r)),
                        channels[1].floats(hn::LowerHalf(half, g)),
                        channels[2].floats(hn::LowerHalf(half, b)), Floats(), to);
  hn::StoreInterleaved3(channels[0].floats(hn::UpperHalf(half, r)),
                        channels[1].floats(hn::UpperHalf(half, g)),
                        channels[2].floats(hn::UpperHalf(half, b)), Floats(), to + 3 * kLanes / 2);
}

HWY_INLINE void store_pixels(const std::array<Writing, 3>& /*channels*/, Word r, Word g, Word b,
                             std::uint8_t* to) {
  hn::StoreInterleaved3(Writing::bytes(r), Writing::bytes(g), Writing::bytes(b), Bytes(), to);
}

// Writes bands into the row of the batch, from the top.
template <class Value>
class Writer {
 public:
  explicit Writer(const FastJob& job)
      : job_(job),
        to_(reinterpret_cast<Value*>(job.row.data())),
        width_(static_cast<std::size_t>(job.size.width)),
        row_(fast_row(job.size.width)),
        plane_(width_ * static_cast<std::size_t>(job.size.height)) {
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      channels_[i] = {.scale = job.scale[i], .offset = job.offset[i]};
    }
  }

  HWY_INLINE void write(const Band& band) const {
    const auto [red, green, blue] = band.channels;
    const auto pixels = [=](std::size_t i, auto use) INFLOW_INLINE {
      use(hn::LoadU(kWords, red + i), hn::LoadU(kWords, green + i), hn::LoadU(kWords, blue + i));
    };
    const std::array<Writing, 3> channels = channels_;
    if (job_.finish.channels == 1) {
      for_each_block<1, 1>(band,
                           [&](std::size_t i, Value* to, std::size_t /*plane*/) INFLOW_INLINE {
                             pixels(i, [&](Word r, Word g, Word b)
                                           INFLOW_INLINE { channels[0].store(luma(r, g, b), to); });
                           });
    } else if (job_.finish.layout == Layout::nchw) {
      for_each_block<1, 3>(band, [&](std::size_t i, Value* to, std::size_t plane) INFLOW_INLINE {
        pixels(i, [&](Word r, Word g, Word b) INFLOW_INLINE {
          channels[0].store(r, to);
          channels[1].store(g, to + plane);
          channels[2].store(b, to + 2 * plane);
        });
      });
    } else {
      for_each_block<3, 1>(band,
                           [&](std::size_t i, Value* to, std::size_t /*plane*/) INFLOW_INLINE {
                             pixels(i, [&](Word r, Word g, Word b)
                                           INFLOW_INLINE { store_pixels(channels, r, g, b, to); });
                           });
    }
  }

 private:
  // Calls store(i, to, plane) for each block of a band, which takes values from i on and stores
  // `Each` for every pixel in each of `Planes` planes. A block may be stored past the end of its
  // line, whose successor then covers that, but not past the last line.
  template <std::size_t Each, std::size_t Planes, class Store>
  HWY_INLINE void for_each_block(const Band& band, Store store) const {
    std::size_t at = static_cast<std::size_t>(band.top) * width_;
    for (std::size_t row = 0; row < band.count; row += row_, at += width_) {
      for (std::size_t x = 0; x < width_; x += kLanes) {
        Value* to = to_ + Each * (at + x);
        const std::size_t left = plane_ - at - x;
        if (HWY_LIKELY(left >= kLanes)) {
          store(row + x, to, plane_);
          continue;
        }
        std::array<Value, Planes * Each * kLanes> rest;
        store(row + x, rest.data(), kLanes);
        for (std::size_t plane = 0; plane < Planes; ++plane) {
          std::copy_n(rest.data() + plane * kLanes, Each * left, to + plane * plane_);
        }
      }
    }
  }

  const FastJob& job_;
  Value* to_;
  std::size_t width_;
  std::size_t row_;
  std::size_t plane_;
  std::array<Writing, 3> channels_{};
};

HWY_INLINE void write(const FastJob& job, const Band& band) {
  if (job.finish.dtype == Dtype::float32) return Writer<float>(job).write(band);
  Writer<std::uint8_t>(job).write(band);
}

// ---- The view

// What comes after the blur.
HWY_INLINE void finish(const FastJob& job, const Band& band) {
  if (job.solarize) {
    const Word threshold = all(*job.solarize);
    const auto solarized = [&](Word value) INFLOW_INLINE {
      return hn::IfThenElse(hn::Lt(value, threshold), value, hn::Sub(all(kFastOne), value));
    };
    for_each_pixel(band, [&](Word& r, Word& g, Word& b) INFLOW_INLINE {
      r = solarized(r);
      g = solarized(g);
      b = solarized(b);
    });
  }
  write(job, band);
}

// What comes after the jitter.
HWY_INLINE void blur_or_finish(const FastJob& job, const Blurring& blurring, const Band& band) {
  if (job.grayscale) {
    for_each_pixel(band,
                   [](Word& r, Word& g, Word& b) INFLOW_INLINE { r = g = b = luma(r, g, b); });
  }
  if (blurring.happens()) return blurring.blur_rows(band);
  finish(job, band);
}

void render_view(const FastJob& job) {
  const Picture picture(job);
  const Blurring blurring(job, picture);
  Resize resize(job, picture);
  MeanLuma mean(job);
  const bool stretches = job.contrast < job.count;
  picture.for_each_band([&](const Band& band) HWY_ATTR {
    for (int y = band.top; y < band.bottom; ++y) resize.make(y);
    apply_parts(job.before_contrast(), band);
    if (stretches) return mean.add(band);
    blur_or_finish(job, blurring, band);
  });
  if (stretches) {
    const Word middle = all(mean.rounded());
    picture.for_each_band([&](const Band& band) HWY_ATTR {
      stretch(band, job.parts[job.contrast].factor,
              [&](Word, Word, Word) INFLOW_INLINE { return middle; });
      apply_parts(job.after_contrast(), band);
      blur_or_finish(job, blurring, band);
    });
  }
  if (blurring.happens()) {
    picture.for_each_band([&](const Band& band) HWY_ATTR {
      blurring.blur_columns(band);
      finish(job, band);
    });
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace inflow::ops
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace inflow::ops {

HWY_EXPORT(render_view);

void run_fast_kernel(const FastJob& job) { HWY_DYNAMIC_DISPATCH(render_view)(job); }

}  // namespace inflow::ops
#endif
