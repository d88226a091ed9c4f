#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// The window of the picture that is rendered which shows the base's crop; may lie beside it.
Box window_of(const Base& base);

// The pixels of `in` that the base's crop shows. Inside the picture they are a part of `in`; where
// it hangs over the edge they stand in the scratch, black outside.
Image cropped(const Image& in, const Base& base, RenderScratch& scratch);

}  // namespace inflow::ops
