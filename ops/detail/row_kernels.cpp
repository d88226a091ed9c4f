#include "inflow/ops/detail/row_kernels.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

// What follows is compiled once for each kind of vectors.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "inflow/ops/detail/row_kernels.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "inflow/ops/detail/inline.hpp"

HWY_BEFORE_NAMESPACE();
namespace inflow::ops {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Bytes = hn::ScalableTag<std::uint8_t>;
using Byte = hn::Vec<Bytes>;
constexpr Bytes kBytes;
constexpr std::size_t kLanes = hn::MaxLanes(kBytes);

constexpr hn::Repartition<std::uint16_t, Bytes> kWords;
constexpr hn::Repartition<std::int16_t, Bytes> kSignedWords;
constexpr hn::Repartition<std::uint32_t, Bytes> kLongs;
constexpr hn::Repartition<std::int32_t, Bytes> kSignedLongs;
constexpr hn::Repartition<float, Bytes> kFloats;
using Word = hn::Vec<hn::Repartition<std::uint16_t, Bytes>>;
using Float = hn::Vec<hn::Repartition<float, Bytes>>;

// Calls change(from, to) for steps of `Step` values, the last few of which are done in memory of
// their own.
template <std::size_t Step, class Change>
HWY_INLINE void for_each_step(const std::uint8_t* from, std::uint8_t* to, std::size_t count,
                              Change change) {
  std::size_t i = 0;
  for (; i + Step <= count; i += Step) change(from + i, to + i);
  if (i == count) return;
  HWY_ALIGN std::array<std::uint8_t, Step> rest{};
  std::copy_n(from + i, count - i, rest.data());
  change(rest.data(), rest.data());
  std::copy_n(rest.data(), count - i, to + i);
}

// The same for a function of vectors.
template <class Change>
HWY_INLINE void for_each_vector(const std::uint8_t* from, std::uint8_t* to, std::size_t count,
                                Change change) {
  for_each_step<kLanes>(from, to, count, [&](const auto* in, auto* out) INFLOW_INLINE {
    hn::StoreU(change(hn::LoadU(kBytes, in)), kBytes, out);
  });
}

HWY_INLINE Float floats_of(hn::Vec<hn::Repartition<std::uint32_t, Bytes>> values) {
  return hn::ConvertTo(kFloats, hn::BitCast(kSignedLongs, values));
}

// What `map` makes of 16-bit values in single precision, truncated and clamped to 0 .. 255.
template <class Map, class... Words>
HWY_INLINE Word mapped_words(Map map, Words... values) {
  const auto zero = hn::Zero(kWords);
  const auto lower =
      hn::ConvertTo(kSignedLongs, map(floats_of(hn::ZipLower(kLongs, values, zero))...));
  const auto upper =
      hn::ConvertTo(kSignedLongs, map(floats_of(hn::ZipUpper(kLongs, values, zero))...));
  const auto both = hn::ReorderDemote2To(kSignedWords, lower, upper);
  const auto clamped = hn::Min(hn::Max(both, hn::Zero(kSignedWords)), hn::Set(kSignedWords, 255));
  return hn::BitCast(kWords, clamped);
}

HWY_INLINE Word even(Byte values) {
  return hn::And(hn::BitCast(kWords, values), hn::Set(kWords, 255));
}

HWY_INLINE Word odd(Byte values) { return hn::ShiftRight<8>(hn::BitCast(kWords, values)); }

HWY_INLINE Byte interleaved(Word even, Word odd) {
  return hn::BitCast(kBytes, hn::Or(even, hn::ShiftLeft<8>(odd)));
}

// The same of bytes.
template <class Map, class... Values>
HWY_INLINE Byte mapped(Map map, Values... values) {
  return interleaved(mapped_words(map, even(values)...), mapped_words(map, odd(values)...));
}

// Not fused, since not every processor could.
HWY_INLINE Float enhanced(Float degenerate, Float value, Float factor) {
  return hn::Add(degenerate, hn::Mul(factor, hn::Sub(value, degenerate)));
}

// In units of 2^-16 every sum stays below 2^24, so that single precision is exact.
HWY_INLINE Byte luma(Byte r, Byte g, Byte b) {
  constexpr float kUnit = 0x1.0p-16F;
  const auto weighted = [](Float red, Float green, Float blue) INFLOW_INLINE {
    const Float some = hn::Add(hn::Mul(red, hn::Set(kFloats, 19595 * kUnit)),
                               hn::Mul(green, hn::Set(kFloats, 38470 * kUnit)));
    return hn::Add(some,
                   hn::Add(hn::Mul(blue, hn::Set(kFloats, 7471 * kUnit)), hn::Set(kFloats, 0.5F)));
  };
  return mapped(weighted, r, g, b);
}

void invert_values(const std::uint8_t* from, std::uint8_t* to, std::size_t count) {
  for_each_vector(from, to, count, [](Byte value) INFLOW_INLINE { return hn::Not(value); });
}

void invert_values_from(int threshold, const std::uint8_t* from, std::uint8_t* to,
                        std::size_t count) {
  if (threshold > 255) {
    if (to != from) std::memcpy(to, from, count);
    return;
  }
  const Byte least = hn::Set(kBytes, static_cast<std::uint8_t>(threshold));
  for_each_vector(from, to, count, [&](Byte value) INFLOW_INLINE {
    const auto reached = hn::VecFromMask(kBytes, hn::Eq(hn::Max(value, least), value));
    return hn::Xor(value, reached);
  });
}

void mask_values(std::uint8_t mask, const std::uint8_t* from, std::uint8_t* to, std::size_t count) {
  const Byte kept = hn::Set(kBytes, mask);
  for_each_vector(from, to, count, [&](Byte value) INFLOW_INLINE { return hn::And(value, kept); });
}

void enhance_values(std::uint8_t degenerate, float factor, const std::uint8_t* from,
                    std::uint8_t* to, std::size_t count) {
  const Float by = hn::Set(kFloats, factor);
  if (degenerate == 0) {
    return for_each_vector(from, to, count, [&](Byte values) INFLOW_INLINE {
      return mapped([&](Float value) INFLOW_INLINE { return hn::Mul(by, value); }, values);
    });
  }
  const Float away = hn::Set(kFloats, static_cast<float>(degenerate));
  for_each_vector(from, to, count, [&](Byte values) INFLOW_INLINE {
    return mapped([&](Float value) INFLOW_INLINE { return enhanced(away, value, by); }, values);
  });
}

// The values of some pixels, channel by channel.
struct Pixels {
  static constexpr std::size_t kValues = 3 * kLanes;
  Byte red;
  Byte green;
  Byte blue;

  explicit HWY_INLINE Pixels(const std::uint8_t* from) {
    hn::LoadInterleaved3(kBytes, from, red, green, blue);
  }
  HWY_INLINE void store(std::uint8_t* to) const {
    hn::StoreInterleaved3(red, green, blue, kBytes, to);
  }
  HWY_INLINE Byte luma() const { return HWY_NAMESPACE::luma(red, green, blue); }
};

void enhance_from_luma(float factor, const std::uint8_t* from, std::uint8_t* to,
                       std::size_t pixels) {
  const Float by = hn::Set(kFloats, factor);
  const auto enhance = [&](Float away, Float value)
                           INFLOW_INLINE { return enhanced(away, value, by); };
  for_each_step<Pixels::kValues>(from, to, 3 * pixels,
                                 [&](const auto* in, auto* out) INFLOW_INLINE {
                                   Pixels made(in);
                                   const Byte grey = made.luma();
                                   made.red = mapped(enhance, grey, made.red);
                                   made.green = mapped(enhance, grey, made.green);
                                   made.blue = mapped(enhance, grey, made.blue);
                                   made.store(out);
                                 });
}

void luma_of_pixels(const std::uint8_t* from, std::uint8_t* to, std::size_t pixels) {
  for_each_step<Pixels::kValues>(from, to, 3 * pixels,
                                 [&](const auto* in, auto* out) INFLOW_INLINE {
                                   Pixels made(in);
                                   made.red = made.green = made.blue = made.luma();
                                   made.store(out);
                                 });
}

std::uint64_t sum_of_luma(const std::uint8_t* from, std::size_t pixels) {
  const hn::Repartition<std::uint64_t, Bytes> sum_type;
  auto sums = hn::Zero(sum_type);
  const std::uint8_t* const end = from + 3 * pixels;
  for (; from + Pixels::kValues <= end; from += Pixels::kValues) {
    sums = hn::Add(sums, hn::SumsOf8(Pixels(from).luma()));
  }
  // Black adds nothing.
  HWY_ALIGN std::array<std::uint8_t, Pixels::kValues> rest{};
  std::copy(from, end, rest.data());
  sums = hn::Add(sums, hn::SumsOf8(Pixels(rest.data()).luma()));
  return hn::GetLane(hn::SumOfLanes(sum_type, sums));
}

// Values of a row at a time, whose sums of three rows fit whole vectors with a pixel on either
// side.
constexpr std::size_t kSmoothed = 512 - 6;

// Makes at most kSmoothed values.
HWY_INLINE void smooth(const std::uint8_t* above, const std::uint8_t* from,
                       const std::uint8_t* below, std::size_t count, std::uint8_t* smoothed) {
  const hn::Half<Bytes> half;
  constexpr std::size_t kStep = kLanes / 2;
  const auto words_at = [&](const std::uint8_t* at)
                            INFLOW_INLINE { return hn::PromoteTo(kWords, hn::LoadU(half, at)); };
  HWY_ALIGN std::array<std::uint16_t, kSmoothed + 6 + kStep> columns{};
  HWY_ALIGN std::array<std::uint8_t, kSmoothed + kStep> middle{};
  std::copy_n(from, count, middle.data());
  std::size_t i = 0;
  for (; i + kStep <= count + 6; i += kStep) {
    const Word outer = hn::Add(words_at(above - 3 + i), words_at(below - 3 + i));
    hn::Store(hn::Add(outer, words_at(from - 3 + i)), kWords, &columns[i]);
  }
  for (; i < count + 6; ++i) {
    columns[i] = static_cast<std::uint16_t>(*(above - 3 + i) + *(from - 3 + i) + *(below - 3 + i));
  }
  for (i = 0; i < count; i += kStep) {
    const auto columns_at = [&](std::size_t at)
                                INFLOW_INLINE { return hn::LoadU(kWords, &columns[at]); };
    const Word whole = hn::Add(columns_at(i), hn::Add(columns_at(i + 3), columns_at(i + 6)));
    const Word sum = hn::Add(whole, hn::ShiftLeft<2>(words_at(&middle[i])));
    // (2 sum + 13) / 26, by way of 2^23 / 208 rounded up: the sums are small enough for that. No
    // sum of thirteenths is half an odd number, so this is what Pillow's floating point gives.
    const Word doubled = hn::Add(hn::Add(sum, sum), hn::Set(kWords, 13));
    const Word high = hn::MulHigh(hn::ShiftLeft<3>(doubled), hn::Set(kWords, 40330));
    const auto rounded = hn::BitCast(kSignedWords, hn::ShiftRight<7>(high));
    hn::StoreU(hn::DemoteTo(half, rounded), half, smoothed + i);
  }
}

void enhance_from_smoothed(float factor, const std::uint8_t* above, const std::uint8_t* from,
                           const std::uint8_t* below, std::uint8_t* to, std::size_t count) {
  HWY_ALIGN std::array<std::uint8_t, kSmoothed + kLanes> smoothed;
  const Float by = hn::Set(kFloats, factor);
  for (std::size_t i = 0; i < count; i += kSmoothed) {
    const std::size_t some = std::min(count - i, kSmoothed);
    smooth(above + i, from + i, below + i, some, smoothed.data());
    const std::uint8_t* away = smoothed.data();
    for_each_vector(from + i, to + i, some, [&](Byte values) INFLOW_INLINE {
      const Byte degenerate = hn::LoadU(kBytes, std::exchange(away, away + kLanes));
      return mapped([&](Float mean, Float value)
                        INFLOW_INLINE { return enhanced(mean, value, by); },
                    degenerate, values);
    });
  }
}

void widen_extremes(const std::uint8_t* from, std::size_t pixels, Extremes& extremes) {
  constexpr std::size_t kStep = 3 * kLanes;
  std::array<Byte, 3> lows;
  std::array<Byte, 3> highs;
  lows.fill(hn::Set(kBytes, 255));
  highs.fill(hn::Zero(kBytes));
  const std::uint8_t* const end = from + 3 * pixels;
  const auto widen = [&](std::size_t channel, std::uint8_t low, std::uint8_t high) INFLOW_INLINE {
    extremes.low[channel] = std::min(extremes.low[channel], low);
    extremes.high[channel] = std::max(extremes.high[channel], high);
  };
  if (3 * pixels >= kStep) {
    for (; from + kStep <= end; from += kStep) {
      for (std::size_t part = 0; part < 3; ++part) {
        const Byte values = hn::LoadU(kBytes, from + part * kLanes);
        lows[part] = hn::Min(lows[part], values);
        highs[part] = hn::Max(highs[part], values);
      }
    }
    HWY_ALIGN std::array<std::uint8_t, kStep> low;
    HWY_ALIGN std::array<std::uint8_t, kStep> high;
    for (std::size_t part = 0; part < 3; ++part) {
      hn::Store(lows[part], kBytes, &low[part * kLanes]);
      hn::Store(highs[part], kBytes, &high[part * kLanes]);
    }
    for (std::size_t i = 0; i < kStep; ++i) widen(i % 3, low[i], high[i]);
  }
  for (std::size_t channel = 0; from < end; ++from, channel = (channel + 1) % 3) {
    widen(channel, *from, *from);
  }
}

constexpr hn::Full128<std::uint8_t> kBlock;

// Sixteen pixels are three blocks of 16 bytes; each block of the reversed ones takes bytes of
// three.
constexpr std::size_t kReversed = 16;
using ReverseLookups = std::array<std::array<std::array<std::uint8_t, 16>, 3>, 3>;
constexpr ReverseLookups make_reverse_lookups() {
  constexpr std::uint8_t kNone = 128;
  ReverseLookups lookups{};
  for (auto& made : lookups) {
    for (auto& taken : made) taken.fill(kNone);
  }
  for (std::size_t at = 0; at < 3 * kReversed; ++at) {
    const std::size_t from = 3 * (kReversed - 1 - at / 3) + at % 3;
    lookups[at / 16][from / 16][at % 16] = static_cast<std::uint8_t>(from % 16);
  }
  return lookups;
}
constexpr ReverseLookups kReverseLookups = make_reverse_lookups();

using Blocks = std::array<hn::Vec<hn::Full128<std::uint8_t>>, 3>;

HWY_INLINE Blocks reversed_at(const std::uint8_t* from) {
  Blocks taken;
  for (std::size_t i = 0; i < 3; ++i) taken[i] = hn::LoadU(kBlock, from + 16 * i);
  Blocks made;
  for (std::size_t i = 0; i < 3; ++i) {
    made[i] = hn::Zero(kBlock);
    for (std::size_t j = 0; j < 3; ++j) {
      const auto lookup = hn::LoadU(kBlock, kReverseLookups[i][j].data());
      made[i] = hn::Or(made[i], hn::TableLookupBytesOr0(taken[j], lookup));
    }
  }
  return made;
}

HWY_INLINE void store(const Blocks& blocks, std::uint8_t* to) {
  for (std::size_t i = 0; i < 3; ++i) hn::StoreU(blocks[i], kBlock, to + 16 * i);
}

// From both ends inward, since both may be the same.
void mirror_pixels(const std::uint8_t* from, std::uint8_t* to, std::size_t pixels) {
  std::size_t done = 0;
  for (; 2 * (done + kReversed) <= pixels; done += kReversed) {
    const std::size_t right = pixels - done - kReversed;
    const Blocks leftmost = reversed_at(from + 3 * done);
    const Blocks rightmost = reversed_at(from + 3 * right);
    store(rightmost, to + 3 * done);
    store(leftmost, to + 3 * right);
  }
  const std::size_t left = pixels - 2 * done;
  std::array<std::uint8_t, 6 * kReversed> middle;
  std::copy_n(from + 3 * done, 3 * left, middle.data());
  to += 3 * done;
  for (std::size_t x = 0; x < left; ++x) std::copy_n(&middle[3 * (left - 1 - x)], 3, to + 3 * x);
}

}  // namespace HWY_NAMESPACE
}  // namespace inflow::ops
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace inflow::ops {

HWY_EXPORT(invert_values);
HWY_EXPORT(invert_values_from);
HWY_EXPORT(mask_values);
HWY_EXPORT(enhance_values);
HWY_EXPORT(enhance_from_luma);
HWY_EXPORT(enhance_from_smoothed);
HWY_EXPORT(luma_of_pixels);
HWY_EXPORT(sum_of_luma);
HWY_EXPORT(widen_extremes);
HWY_EXPORT(mirror_pixels);

void invert_values(const std::uint8_t* from, std::uint8_t* to, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(invert_values)(from, to, count);
}

void invert_values_from(int threshold, const std::uint8_t* from, std::uint8_t* to,
                        std::size_t count) {
  HWY_DYNAMIC_DISPATCH(invert_values_from)(threshold, from, to, count);
}

void mask_values(std::uint8_t mask, const std::uint8_t* from, std::uint8_t* to, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(mask_values)(mask, from, to, count);
}

void enhance_values(std::uint8_t degenerate, float factor, const std::uint8_t* from,
                    std::uint8_t* to, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(enhance_values)(degenerate, factor, from, to, count);
}

void enhance_from_luma(float factor, const std::uint8_t* from, std::uint8_t* to,
                       std::size_t pixels) {
  HWY_DYNAMIC_DISPATCH(enhance_from_luma)(factor, from, to, pixels);
}

void enhance_from_smoothed(float factor, const std::uint8_t* above, const std::uint8_t* from,
                           const std::uint8_t* below, std::uint8_t* to, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(enhance_from_smoothed)(factor, above, from, below, to, count);
}

void luma_of_pixels(const std::uint8_t* from, std::uint8_t* to, std::size_t pixels) {
  HWY_DYNAMIC_DISPATCH(luma_of_pixels)(from, to, pixels);
}

std::uint64_t sum_of_luma(const std::uint8_t* from, std::size_t pixels) {
  return HWY_DYNAMIC_DISPATCH(sum_of_luma)(from, pixels);
}

void widen_extremes(const std::uint8_t* from, std::size_t pixels, Extremes& extremes) {
  HWY_DYNAMIC_DISPATCH(widen_extremes)(from, pixels, extremes);
}

void mirror_pixels(const std::uint8_t* from, std::uint8_t* to, std::size_t pixels) {
  HWY_DYNAMIC_DISPATCH(mirror_pixels)(from, to, pixels);
}

}  // namespace inflow::ops
#endif
