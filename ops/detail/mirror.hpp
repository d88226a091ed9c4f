#pragma once

#include "inflow/ops/image.hpp"

namespace inflow::ops {

// Swaps left and right. `out` is sized; it may be `in`.
void mirror(const Image& in, Image& out);

}  // namespace inflow::ops
