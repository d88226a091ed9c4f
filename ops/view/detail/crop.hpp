#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// The window `crop` of `in`. Inside the picture it is a part of `in`; where it hangs over the edge
// it stands in the scratch, black outside.
Image cropped(const Image& in, const Box& crop, RenderScratch& scratch);

}  // namespace inflow::ops
