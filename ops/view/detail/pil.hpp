#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// Renders a base step by step, each to 8 bits, as torchvision does on PIL images; without
// antialiasing, which they always have, as on tensors.
void render_base_pil(const Image& in, const Base& base, Image& out, RenderScratch& scratch);

// Its last steps alone: blur, solarize, equalize.
void finish_base_pil(const Base& base, Image& out, RenderScratch& scratch);

}  // namespace inflow::ops
