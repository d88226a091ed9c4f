#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "inflow/ops/image.hpp"
#include "inflow/ops/op.hpp"
#include "inflow/ops/random.hpp"

// Small pictures for tests of ops and views.

namespace inflow::support {

// A gray picture of these rows of values.
inline Image gray(std::initializer_list<std::initializer_list<int>> rows) {
  Image image(static_cast<int>(rows.size()), static_cast<int>(rows.begin()->size()));
  auto to = image.begin();
  for (const auto& row : rows) {
    for (const int value : row) *to++ = cv::Vec3b::all(static_cast<std::uint8_t>(value));
  }
  return image;
}

// One pixel.
inline Image pixel(int red, int green, int blue) {
  Image image(1, 1);
  image(0, 0) = cv::Vec3b(static_cast<std::uint8_t>(red), static_cast<std::uint8_t>(green),
                          static_cast<std::uint8_t>(blue));
  return image;
}

// Every value at random.
inline Image noise(Size size, std::uint64_t seed = 0) {
  Image image(size.height, size.width);
  Rng rng({.seed = seed}, Stream::crop);
  for (cv::Vec3b& color : image) {
    const std::uint32_t word = rng();
    color = {static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8),
             static_cast<std::uint8_t>(word >> 16)};
  }
  return image;
}

// The values row by row, for comparisons whose failures print them.
inline std::vector<int> values(const Image& image) {
  std::vector<int> all;
  for (const cv::Vec3b& color : image) all.insert(all.end(), {color[0], color[1], color[2]});
  return all;
}

// The values of the red channel, row by row.
inline std::vector<int> reds(const Image& image) {
  std::vector<int> all;
  for (const cv::Vec3b& color : image) all.push_back(color[0]);
  return all;
}

inline bool same_pixels(const Image& one, const Image& other) {
  return one.size() == other.size() && std::equal(one.begin(), one.end(), other.begin());
}

// What the numbered op called `name` makes of a picture.
inline Image applied(std::string_view name, const Image& in, float magnitude = 0, float u = 0,
                     float v = 0) {
  Image out;
  catalog()[op_number(catalog(), name)].apply(in, out, magnitude, u, v);
  return out;
}

}  // namespace inflow::support
