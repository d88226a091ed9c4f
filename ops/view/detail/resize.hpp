#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// Resizes `in` to the size of `out`, antialiased where it shrinks, to the bit as Pillow's
// Image.resize. The two must not share pixels.
void resize(const Image& in, Image& out, Filter filter, RenderScratch& scratch);

}  // namespace inflow::ops
