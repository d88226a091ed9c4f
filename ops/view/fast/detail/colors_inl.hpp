// The color jitter, grayscale and solarize.
// Compiled once for each kind of vectors, so that Highway's switch stands in the place of
// #pragma once: see kernel.cpp.

#if defined(INFLOW_FAST_COLORS) == defined(HWY_TARGET_TOGGLE)
#ifdef INFLOW_FAST_COLORS
#undef INFLOW_FAST_COLORS
#else
#define INFLOW_FAST_COLORS
#endif

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "inflow/ops/view/fast/detail/picture_inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace inflow::ops {
namespace HWY_NAMESPACE {

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

struct Rgb {
  Word red;
  Word green;
  Word blue;
};

// Of luma and the differences of blue and of red from it, as JFIF defines them, but 0 for grey.
HWY_INLINE Rgb rgb_of(Word luma, Word blue, Word red) {
  const auto share = [](Word value, double of) INFLOW_INLINE {
    return hn::MulFixedPoint15(value, all(static_cast<std::int16_t>(of * (1 << 15) + 0.5)));
  };
  return {.red = clamped(hn::Add(luma, hn::Add(red, share(red, 0.402)))),
          .green = clamped(hn::Sub(luma, hn::Add(share(blue, 0.344136), share(red, 0.714136)))),
          .blue = clamped(hn::Add(luma, hn::Add(blue, share(blue, 0.772))))};
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

HWY_INLINE void grayscale(const Band& band) {
  for_each_pixel(band, [](Word& r, Word& g, Word& b) INFLOW_INLINE { r = g = b = luma(r, g, b); });
}

// Inverts the values from a threshold on.
HWY_INLINE void solarize(const Band& band, std::int16_t threshold) {
  const auto inverted = [&](Word value) INFLOW_INLINE {
    return hn::IfThenElse(hn::Lt(value, all(threshold)), value, hn::Sub(all(kFastOne), value));
  };
  for_each_pixel(band, [&](Word& r, Word& g, Word& b) INFLOW_INLINE {
    r = inverted(r);
    g = inverted(g);
    b = inverted(b);
  });
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

}  // namespace HWY_NAMESPACE
}  // namespace inflow::ops
HWY_AFTER_NAMESPACE();

#endif
