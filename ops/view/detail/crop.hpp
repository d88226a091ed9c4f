#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// The pixels of `in` that the base's crop shows. Inside the picture they are a part of `in`; where
// it hangs over the edge they stand in the scratch, black outside.
Image cropped(const Image& in, const Base& base, RenderScratch& scratch);

}  // namespace inflow::ops
