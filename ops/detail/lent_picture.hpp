#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "inflow/ops/detail/grow.hpp"
#include "inflow/ops/image.hpp"

namespace inflow::ops {

// A picture in the memory of a scratch. What keeps the size leaves it there.
inline Image lent_picture(std::vector<std::uint8_t>& memory, Size size) {
  const auto pixels = static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width);
  return Image(size.height, size.width, reinterpret_cast<cv::Vec3b*>(grown(memory, 3 * pixels)));
}

}  // namespace inflow::ops
