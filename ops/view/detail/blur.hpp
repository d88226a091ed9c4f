#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// Blurs with `blur.kernel` samples of a Gaussian in single precision, rounded half to even. Near
// rounding to the other side, sums taken in another order may differ by one level.
void apply_kernel_blur(Image& image, const Blur& blur, RenderScratch& scratch);

}  // namespace inflow::ops
