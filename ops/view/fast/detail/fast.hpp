#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "inflow/ops/view.hpp"
#include "inflow/ops/view/detail/side.hpp"

// Profile `fast`. Values travel in 16 bits, in units of 1/16 of a level from 0 to kFastOne, channel
// by channel; sums and products are rounded in the same way on every processor, so all give equal
// bits.

namespace inflow::ops {

inline constexpr int kFastUnit = 16;  // of one level
inline constexpr std::int16_t kFastOne = 255 * kFastUnit;

// Rows in scratch are as long as a whole number of the widest vectors.
constexpr std::size_t fast_row(int width) {
  return (static_cast<std::size_t>(width) + 31) / 32 * 32;
}

// A factor: multiplier / 2^12, doubled so often.
struct FastFactor {
  std::int16_t multiplier = 0;
  int doublings = 0;
};

// One part of a color jitter; for hue the factor is the shift in sixths of the circle, not
// negative, and `mirrored` says that it goes the other way round.
struct FastPart {
  JitterPart part = JitterPart::brightness;
  FastFactor factor{};
  bool mirrored = false;
};

// Pixels that are resized in the same way: RGB, luma, or both differences from it.
struct FastSource {
  std::array<const std::uint8_t*, 2> first{};  // pixels of the crop, in each plane that there is
  std::size_t step = 0;                        // bytes from row to row
  Size crop{};
  // Of a resize: both axes. Without, the crop has the size of the view.
  const FastColumns* columns = nullptr;
  const FastTaps* rows = nullptr;
  FastResizeScratch* scratch = nullptr;

  bool resizes() const { return columns != nullptr; }
  const std::uint8_t* row(std::size_t plane, int y) const {
    return first[plane] + static_cast<std::size_t>(y) * step;
  }
};

// What the kernel needs to know of a view, prepared once for it.
struct FastJob {
  bool ycc = false;
  FastSource source{};       // RGB, or luma
  FastSource differences{};  // of a YccImage
  Size size{};
  bool flip = false;
  std::array<FastPart, 4> parts{};
  std::size_t count = 0;
  std::size_t contrast = 0;  // position among the parts, or `count`; it needs the mean so far
  bool grayscale = false;
  // Twice the weights of a blur from the middle outward, the middle one less 1, in units of 2^-15.
  std::span<const std::int16_t> blur;
  std::optional<std::int16_t> solarize{};  // threshold
  Finish finish{};
  std::array<float, 3> scale{};  // a value becomes value * scale + offset
  std::array<float, 3> offset{};
  std::span<std::byte> row;
  FastScratch* scratch = nullptr;

  std::span<const FastPart> before_contrast() const { return std::span(parts).first(contrast); }
  std::span<const FastPart> after_contrast() const {
    return std::span(parts).subspan(contrast + 1, count - contrast - 1);
  }
};

// Finds the taps of both axes of the base's resize of such sides, its flip included, for a source
// with scratch.
void prepare_taps(const Base& base, const Side& columns, const Side& rows, FastSource& source,
                  FastScratch& memory);

// Runs the kernel with the widest vectors of this processor.
void run_fast_kernel(const FastJob& job);

// Whether the last steps of a base are defined on 8-bit values: blurs by boxes and histograms. Such
// a base is rendered to a picture first.
bool ends_in_bytes(const Base& base);

// Renders base and finish at once into a row of row_bytes(finish, base.size) bytes. The base must
// not end in bytes.
template <class Picture>
void render_fast(const Picture& in, const Base& base, const Finish& finish,
                 std::span<std::byte> row, RenderScratch& scratch);

// Renders a base alone, each value rounded to 8 bits at the end, or where bytes are needed.
template <class Picture>
void render_base_fast(const Picture& in, const Base& base, Image& out, RenderScratch& scratch);

}  // namespace inflow::ops
