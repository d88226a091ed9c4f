#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "policies/learned/harm_task.hpp"

// The pictures of the tasks: each draws everything about a picture, and the label tells one part.

namespace inflow::support {

inline std::uint8_t noisy(int value, Rng& rng) {
  return static_cast<std::uint8_t>(
      std::clamp(value + static_cast<int>(rng.below(31)) - 15, 0, 255));
}

inline cv::Vec3b noisy(cv::Vec3b color, Rng& rng) {
  return {noisy(color[0], rng), noisy(color[1], rng), noisy(color[2], rng)};
}

// What an arrow picture shows.
struct Arrow {
  bool right = false;
  bool low = false;  // in the lower half
  cv::Vec3b color{200, 200, 200};
  cv::Vec3b ground{70, 70, 70};
  std::optional<int> left{};  // its first column; anywhere if empty
};

// A triangle of 7 columns, anywhere in its half.
inline Image arrow_picture(const Arrow& arrow, Rng& rng) {
  Image image(kTaskSize.height, kTaskSize.width);
  const int left = arrow.left ? *arrow.left : 1 + static_cast<int>(rng.below(8));
  const int middle = (arrow.low ? 10 : 4) + static_cast<int>(rng.below(2));
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const int along = x - left;
      const int half = arrow.right ? 6 - along : along;  // of the height there
      const bool inside = along >= 0 && along <= 6 && std::abs(y - middle) * 2 <= half;
      image(y, x) = noisy(inside ? arrow.color : arrow.ground, rng);
    }
  }
  return image;
}

// Which part of an arrow the label tells.
enum class Told : std::uint8_t { direction, height, brightness, hue };

inline bool told(const Arrow& arrow, Told part) {
  switch (part) {
    case Told::direction:
      return arrow.right;
    case Told::height:
      return arrow.low;
    case Told::brightness:
      return arrow.color[0] + arrow.color[1] > arrow.ground[0] + arrow.ground[1];
    case Told::hue:
      return arrow.color[0] > arrow.color[2];
  }
  return false;
}

// Left or right, which flip destroys; or above or below, which it leaves alone.
inline DrawPicture arrows(Told part) {
  return [part](Rng& rng) {
    const Arrow arrow{.right = rng.chance(0.5), .low = rng.chance(0.5)};
    TaskPicture picture{.image = arrow_picture(arrow, rng)};
    picture.label = told(arrow, part) ? 1 : 0;
    return picture;
  };
}

// Bright on dark or dark on bright, which invert turns into one another.
inline DrawPicture bright_and_dark(Told part) {
  return [part](Rng& rng) {
    Arrow arrow{.right = rng.chance(0.5), .low = rng.chance(0.5)};
    if (rng.chance(0.5)) std::swap(arrow.color, arrow.ground);
    TaskPicture picture{.image = arrow_picture(arrow, rng)};
    picture.label = told(arrow, part) ? 1 : 0;
    return picture;
  };
}

// Red or blue of one luma, so that nothing is left of that in grey.
inline DrawPicture red_and_blue(Told part) {
  return [part](Rng& rng) {
    Arrow arrow{.right = rng.chance(0.5), .low = rng.chance(0.5), .ground{60, 60, 60}};
    arrow.color = rng.chance(0.5) ? cv::Vec3b(200, 100, 100) : cv::Vec3b(100, 132, 200);
    TaskPicture picture{.image = arrow_picture(arrow, rng)};
    picture.label = told(arrow, part) ? 1 : 0;
    return picture;
  };
}

// Kind 0, on red, tells left from right; kind 1, on blue, above from below.
inline DrawPicture two_kinds() {
  return [](Rng& rng) {
    Arrow arrow{.right = rng.chance(0.5), .low = rng.chance(0.5)};
    const bool blue = rng.chance(0.5);
    arrow.ground = blue ? cv::Vec3b(40, 40, 120) : cv::Vec3b(120, 40, 40);
    TaskPicture picture{.image = arrow_picture(arrow, rng), .kind = blue ? 1 : 0};
    picture.label = told(arrow, blue ? Told::height : Told::direction) ? 1 : 0;
    return picture;
  };
}

// Left or right, on black, `shift` columns to either side of the middle.
inline DrawPicture arrows_beside_the_middle(int shift) {
  return [shift](Rng& rng) {
    Arrow arrow{.right = rng.chance(0.5), .low = rng.chance(0.5), .ground{0, 0, 0}};
    arrow.left = 4 + static_cast<int>(rng.below(2)) + (rng.chance(0.5) ? shift : -shift);
    TaskPicture picture{.image = arrow_picture(arrow, rng)};
    picture.label = told(arrow, Told::direction) ? 1 : 0;
    return picture;
  };
}

}  // namespace inflow::support
