#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// Blurs to the bit as Pillow's ImageFilter.GaussianBlur of radius `sigma`, which must be positive.
void apply_box_blur(Image& image, float sigma, RenderScratch& scratch);

}  // namespace inflow::ops
