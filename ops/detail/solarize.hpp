#pragma once

#include "inflow/ops/image.hpp"

namespace inflow::ops {

// Inverts every value at or above a threshold in [0, 256]. `out` is sized; it may be `in`.
void invert_from(float threshold, const Image& in, Image& out);

}  // namespace inflow::ops
