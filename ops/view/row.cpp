#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "inflow/ops/detail/luma.hpp"
#include "inflow/ops/view.hpp"
#include "inflow/ops/view/detail/check.hpp"
#include "inflow/ops/view/detail/cut_out.hpp"

namespace inflow {
namespace {

// The 256 values a byte may be written as, for each channel.
using FloatTables = std::array<std::array<float, 256>, 3>;

constexpr std::array<float, 256> make_units() {
  std::array<float, 256> units{};
  for (std::size_t value = 0; value < units.size(); ++value)
    units[value] = static_cast<float>(value) / 255.0F;
  return units;
}

FloatTables normalized(const Finish& finish) {
  static constexpr std::array<float, 256> kUnits = make_units();
  FloatTables tables{};
  for (std::size_t channel = 0; channel < static_cast<std::size_t>(finish.channels); ++channel) {
    for (std::size_t value = 0; value < kUnits.size(); ++value) {
      tables[channel][value] = (kUnits[value] - finish.mean[channel]) / finish.stddev[channel];
    }
  }
  return tables;
}

// Writes convert(channel, byte) for every byte of the view, in the order of the layout.
template <class Value, class Convert>
void write_values(const Image& image, const Finish& finish, Value* to, Convert convert) {
  const std::size_t plane = image.total();
  for (int y = 0; y < image.rows; ++y) {
    const std::uint8_t* from = image.ptr(y);
    const std::uint8_t* end = from + static_cast<std::ptrdiff_t>(image.cols) * 3;
    if (finish.channels == 1) {
      for (; from < end; from += 3) *to++ = convert(0, static_cast<std::uint8_t>(ops::luma(from)));
    } else if (finish.layout == Layout::nhwc) {
      for (; from < end; from += 3, to += 3) {
        to[0] = convert(0, from[0]);
        to[1] = convert(1, from[1]);
        to[2] = convert(2, from[2]);
      }
    } else {
      for (; from < end; from += 3, ++to) {
        to[0] = convert(0, from[0]);
        to[plane] = convert(1, from[1]);
        to[2 * plane] = convert(2, from[2]);
      }
    }
  }
}

// Writes a color into a window of the view that stands in the row.
template <class Value>
void fill(const Box& window, const std::array<Value, 3>& color, const Finish& finish, Size size,
          Value* row) {
  const auto width = static_cast<std::size_t>(size.width);
  const auto channels = static_cast<std::size_t>(finish.channels);
  const bool together = finish.layout == Layout::nhwc;
  const std::size_t pixel_step = together ? channels : 1;
  const std::size_t channel_step = together ? 1 : width * static_cast<std::size_t>(size.height);
  for (int y = window.top; y < window.top + window.height; ++y) {
    for (int x = window.left; x < window.left + window.width; ++x) {
      const std::size_t at = static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x);
      for (std::size_t channel = 0; channel < channels; ++channel) {
        row[at * pixel_step + channel * channel_step] = color[channel];
      }
    }
  }
}

std::array<std::uint8_t, 3> mean_color(const Finish& finish) {
  std::array<std::uint8_t, 3> color{};
  for (std::size_t channel = 0; channel < color.size(); ++channel) {
    const float value = std::clamp(finish.mean[channel] * 255.0F, 0.0F, 255.0F);
    color[channel] = static_cast<std::uint8_t>(std::lround(value));
  }
  return color;
}

std::size_t value_bytes(Dtype dtype) {
  return dtype == Dtype::float32 ? sizeof(float) : sizeof(std::uint8_t);
}

}  // namespace

std::size_t row_bytes(const Finish& finish, Size size) {
  return static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width) *
         static_cast<std::size_t>(finish.channels) * value_bytes(finish.dtype);
}

void ops::cut_out(const Finish& finish, Size size, std::span<std::byte> row) {
  if (!finish.cutout) return;
  assert(lies_inside(*finish.cutout, size));
  if (finish.dtype == Dtype::uint8) {
    auto* const values = reinterpret_cast<std::uint8_t*>(row.data());
    return fill(*finish.cutout, mean_color(finish), finish, size, values);
  }
  fill(*finish.cutout, {0.0F, 0.0F, 0.0F}, finish, size, reinterpret_cast<float*>(row.data()));
}

void write_row(const Image& image, const Finish& finish, std::span<std::byte> row) {
  assert(finish.channels == 1 || finish.channels == 3);
  ops::check_row(row, finish, size_of(image));
  if (finish.dtype == Dtype::uint8) {
    auto* const values = reinterpret_cast<std::uint8_t*>(row.data());
    write_values(image, finish, values, [](std::size_t, std::uint8_t value) { return value; });
    return ops::cut_out(finish, size_of(image), row);
  }
  auto* const values = reinterpret_cast<float*>(row.data());
  const FloatTables tables = normalized(finish);
  write_values(image, finish, values,
               [&](std::size_t channel, std::uint8_t value) { return tables[channel][value]; });
  ops::cut_out(finish, size_of(image), row);
}

}  // namespace inflow
