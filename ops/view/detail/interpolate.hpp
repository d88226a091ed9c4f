#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// Resizes `in` to the size of `out` without antialiasing, in single precision and rounded once,
// half to even: as torchvision's transforms.functional.resize on 8-bit tensors. Near rounding to
// the other side, sums taken in another order may differ by one level. The two must not share
// pixels.
void interpolate(const Image& in, Image& out, Filter filter, RenderScratch& scratch);

}  // namespace inflow::ops
