// From the finished picture to the row of the batch.
// Compiled once for each kind of vectors, so that Highway's switch stands in the place of
// #pragma once: see kernel.cpp.

#if defined(INFLOW_FAST_ROW) == defined(HWY_TARGET_TOGGLE)
#ifdef INFLOW_FAST_ROW
#undef INFLOW_FAST_ROW
#else
#define INFLOW_FAST_ROW
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "inflow/ops/view/fast/detail/colors_inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace inflow::ops {
namespace HWY_NAMESPACE {

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

  // Past the caches, to a multiple of a vector's bytes.
  HWY_INLINE void stream(Word value, float* to) const {
    hn::Stream(floats(hn::LowerHalf(HalfWords(), value)), Floats(), to);
    hn::Stream(floats(hn::UpperHalf(HalfWords(), value)), Floats(), to + kLanes / 2);
  }

  HWY_INLINE void stream(Word value, std::uint8_t* to) const {
    hn::Stream(bytes(value), Bytes(), to);
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
    const auto pixels = [from = band.channels](std::size_t i, auto use) INFLOW_INLINE {
      use(hn::LoadU(kWords, from[0] + i), hn::LoadU(kWords, from[1] + i),
          hn::LoadU(kWords, from[2] + i));
    };
    const std::array<Writing, 3> channels = channels_;
    if (job_.finish.channels == 1) {
      for_each_block<1, 1>(band,
                           [&](std::size_t i, Value* to, std::size_t /*plane*/) INFLOW_INLINE {
                             pixels(i, [&](Word r, Word g, Word b)
                                           INFLOW_INLINE { channels[0].store(luma(r, g, b), to); });
                           });
    } else if (job_.finish.layout == Layout::nhwc) {
      for_each_block<3, 1>(band,
                           [&](std::size_t i, Value* to, std::size_t /*plane*/) INFLOW_INLINE {
                             pixels(i, [&](Word r, Word g, Word b)
                                           INFLOW_INLINE { store_pixels(channels, r, g, b, to); });
                           });
    } else if (streams_planes()) {
      for_each_block<1, 3>(band, [&](std::size_t i, Value* to, std::size_t plane) INFLOW_INLINE {
        pixels(i, [&](Word r, Word g, Word b) INFLOW_INLINE {
          channels[0].stream(r, to);
          channels[1].stream(g, to + plane);
          channels[2].stream(b, to + 2 * plane);
        });
      });
    } else {
      for_each_block<1, 3>(band, [&](std::size_t i, Value* to, std::size_t plane) INFLOW_INLINE {
        pixels(i, [&](Word r, Word g, Word b) INFLOW_INLINE {
          channels[0].store(r, to);
          channels[1].store(g, to + plane);
          channels[2].store(b, to + 2 * plane);
        });
      });
    }
  }

 private:
  // Whether the planes are written past the caches: they are too large to be still there when the
  // batch is read, and stores then need not load what they replace. Takes whole vectors in place.
  HWY_INLINE bool streams_planes() const {
    constexpr std::size_t kLarge = 1 << 18;
    constexpr std::size_t kStored = std::min<std::size_t>(kLanes * sizeof(Value), 64);
    return 3 * plane_ * sizeof(Value) >= kLarge && width_ % kLanes == 0 &&
           reinterpret_cast<std::uintptr_t>(to_) % kStored == 0;
  }

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

}  // namespace HWY_NAMESPACE
}  // namespace inflow::ops
HWY_AFTER_NAMESPACE();

#endif
