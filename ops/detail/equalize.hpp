#pragma once

#include "inflow/ops/image.hpp"

namespace inflow::ops {

// Spreads each channel's values to a flat histogram, as Pillow's ImageOps.equalize. `out` is sized;
// it may be `in`.
void equalize_channels(const Image& in, Image& out);

}  // namespace inflow::ops
