#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "inflow/ops/plan.hpp"

namespace inflow {

// The step that does what torchvision's op of that name does at `magnitude`, which counts pixels to
// the right, pixels down, or the change of a factor where our ops count parts of a side to the
// left, parts of a side up, or the factor itself.
inline Step torchvision_step(std::string_view op, float magnitude, Size size) {
  const auto part = [magnitude](int side) {
    return -std::clamp(static_cast<float>(static_cast<int>(magnitude)) / static_cast<float>(side),
                       -1.0F, 1.0F);
  };
  Step step{.op = op_number(catalog(), op), .magnitude = magnitude};
  if (op == "translate_x") step.magnitude = part(size.width);
  if (op == "translate_y") step.magnitude = part(size.height);
  for (const std::string_view factor : {"brightness", "color", "contrast", "sharpness"}) {
    if (op == factor) step.magnitude = static_cast<float>(1.0 + static_cast<double>(magnitude));
  }
  return step;
}

}  // namespace inflow
