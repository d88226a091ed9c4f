#include "inflow/pipeline/pixel_sums.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace inflow {
namespace {

std::span<const std::uint8_t> row_of(const Image& image, int y) {
  return {image.ptr(y), 3 * static_cast<std::size_t>(image.cols)};
}

// Which channels products_ are of.
constexpr std::array<std::array<std::size_t, 2>, 3> kPairs{{{0, 1}, {0, 2}, {1, 2}}};

// Of the channels of a row; a row is not so long that they overflow.
std::array<std::uint64_t, 3> products_of(std::span<const std::uint8_t> row) {
  std::array<std::uint64_t, 3> products{};
  for (std::size_t i = 0; i < row.size(); i += 3) {
    const std::array<std::uint32_t, 3> pixel{row[i], row[i + 1], row[i + 2]};
    for (std::size_t pair = 0; pair < 3; ++pair)
      products[pair] += pixel[kPairs[pair][0]] * pixel[kPairs[pair][1]];
  }
  return products;
}

}  // namespace

void PixelSums::add(const Image& image) {
  // Lanes side by side, which compilers turn into vectors; none overflows in a row.
  constexpr std::size_t kLanes = 48;
  for (int y = 0; y < image.rows; ++y) {
    std::array<std::uint32_t, kLanes> values{};
    std::array<std::uint64_t, kLanes> squares{};
    std::span<const std::uint8_t> left = row_of(image, y);
    while (!left.empty()) {
      const std::size_t count = std::min(left.size(), kLanes);
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t value = left[i];
        values[i] += value;
        squares[i] += value * value;
      }
      left = left.subspan(count);
    }
    for (std::size_t i = 0; i < kLanes; ++i) {
      values_[i % 3] += values[i];
      squares_[i % 3] += squares[i];
    }
    const std::array<std::uint64_t, 3> products = products_of(row_of(image, y));
    for (std::size_t pair = 0; pair < 3; ++pair) products_[pair] += products[pair];
  }
  pixels_ += image.total();
}

void PixelSums::add(const PixelSums& more) {
  pixels_ += more.pixels_;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    values_[channel] += more.values_[channel];
    squares_[channel] += more.squares_[channel];
    products_[channel] += more.products_[channel];
  }
}

std::array<double, 3> PixelSums::mean() const {
  std::array<double, 3> means{};
  if (pixels_ == 0) return means;
  for (std::size_t channel = 0; channel < 3; ++channel)
    means[channel] = static_cast<double>(values_[channel]) / static_cast<double>(pixels_) / 255;
  return means;
}

std::array<double, 3> PixelSums::stddev() const {
  std::array<double, 3> deviations = mean();
  if (pixels_ == 0) return deviations;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const double square =
        static_cast<double>(squares_[channel]) / static_cast<double>(pixels_) / (255.0 * 255.0);
    const double mean = deviations[channel];
    deviations[channel] = std::sqrt(std::max(0.0, square - mean * mean));
  }
  return deviations;
}

std::array<double, 9> PixelSums::covariance() const {
  std::array<double, 9> all{};
  if (pixels_ == 0) return all;
  const std::array<double, 3> means = mean();
  const std::array<double, 3> deviations = stddev();
  for (std::size_t channel = 0; channel < 3; ++channel)
    all[4 * channel] = deviations[channel] * deviations[channel];
  for (std::size_t pair = 0; pair < 3; ++pair) {
    const auto [i, j] = kPairs[pair];
    const double product =
        static_cast<double>(products_[pair]) / static_cast<double>(pixels_) / (255.0 * 255.0);
    all[3 * i + j] = all[3 * j + i] = product - means[i] * means[j];
  }
  return all;
}

bool is_grey(const Image& image) {
  for (int y = 0; y < image.rows; ++y) {
    const std::span<const std::uint8_t> row = row_of(image, y);
    for (std::size_t i = 0; i < row.size(); i += 3) {
      if (row[i] != row[i + 1] || row[i] != row[i + 2]) return false;
    }
  }
  return true;
}

}  // namespace inflow
