#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// Blurs with a sampled Gaussian in single precision, rounded half to even. Near rounding to the
// other side, sums taken in another order may differ by one level.
void apply_blur(Image& image, const Blur& blur, RenderScratch& scratch);

}  // namespace inflow::ops
