#pragma once

#include "inflow/ops/image.hpp"

namespace inflow::ops {

// Turns every pixel's hue by a fraction of the circle in [-0.5, 0.5], by way of 8-bit HSV as Pillow
// converts it: even a shift of 0 moves colors a little.
void shift_hue(Image& image, float shift);

}  // namespace inflow::ops
