#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// What ops do to a row of 8-bit values, with the widest vectors of the processor; all kinds of
// vectors give equal bits. A row is R, G, B, R, ...; where it is given in pixels it has three times
// as many values. `to` may be `from`, but must not overlap it otherwise.

namespace inflow::ops {

// 255 minus each value.
void invert_values(const std::uint8_t* from, std::uint8_t* to, std::size_t count);

// The same for values of at least `threshold`, which lies in 0 .. 256.
void invert_values_from(int threshold, const std::uint8_t* from, std::uint8_t* to,
                        std::size_t count);

// Only the bits of `mask`.
void mask_values(std::uint8_t mask, const std::uint8_t* from, std::uint8_t* to, std::size_t count);

// Pillow's blend away from a degenerate picture, here of one value, by a factor of at least 0: in
// single precision, clamped and truncated.
void enhance_values(std::uint8_t degenerate, float factor, const std::uint8_t* from,
                    std::uint8_t* to, std::size_t count);

// The same away from each pixel's luma.
void enhance_from_luma(float factor, const std::uint8_t* from, std::uint8_t* to,
                       std::size_t pixels);

// The same away from each value's smoothed neighborhood: the mean of the 3x3 pixels around it, the
// middle one five times, rounded. `from` lies between the rows `above` and `below`, and all three
// have a pixel before the first and one behind the last that is made. `to` must not be one of them.
void enhance_from_smoothed(float factor, const std::uint8_t* above, const std::uint8_t* from,
                           const std::uint8_t* below, std::uint8_t* to, std::size_t count);

// Every channel becomes the luma.
void luma_of_pixels(const std::uint8_t* from, std::uint8_t* to, std::size_t pixels);

// The sum of the luma of all pixels.
std::uint64_t sum_of_luma(const std::uint8_t* from, std::size_t pixels);

// The least and the greatest value of each channel. Takes what there was before as a start.
struct Extremes {
  std::array<std::uint8_t, 3> low{255, 255, 255};
  std::array<std::uint8_t, 3> high{0, 0, 0};
};
void widen_extremes(const std::uint8_t* from, std::size_t pixels, Extremes& extremes);

// The pixels in reversed order.
void mirror_pixels(const std::uint8_t* from, std::uint8_t* to, std::size_t pixels);

}  // namespace inflow::ops
