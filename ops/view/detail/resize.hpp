#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// Resizes the crop of `base`, of which `in` has the pixels, to the size of `out`, antialiased where
// it shrinks, to the bit as Pillow's Image.resize with that box. The two must not share pixels.
void resize(const Image& in, Image& out, const Base& base, RenderScratch& scratch);

}  // namespace inflow::ops
