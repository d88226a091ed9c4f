#pragma once

#include <cstdint>

#include <rapidcheck.h>

#include "support/pictures.hpp"

namespace inflow::support {

// A picture for properties: of any size up to 40x40, with all values, few of them, two or one.
inline Image any_picture() {
  const Size size{.height = *rc::gen::inRange(1, 41), .width = *rc::gen::inRange(1, 41)};
  const auto kept = *rc::gen::element(0xFF, 0xF0, 0x21, 0x80, 0);
  const auto turned = *rc::gen::arbitrary<std::uint8_t>();
  Image image = noise(size, *rc::gen::arbitrary<std::uint64_t>());
  for (cv::Vec3b& color : image) {
    for (int channel = 0; channel < 3; ++channel) {
      color[channel] = static_cast<std::uint8_t>((color[channel] & kept) ^ turned);
    }
  }
  return image;
}

// A number from `low` to `high`, both of them often.
inline float any_between(float low, float high) {
  const int share = *rc::gen::oneOf(rc::gen::element(0, 1000), rc::gen::inRange(0, 1001));
  return share == 1000 ? high : low + static_cast<float>(share) / 1000 * (high - low);
}

}  // namespace inflow::support
