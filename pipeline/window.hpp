#pragma once

#include "inflow/ops/view.hpp"

// Windows: the parts of pictures that are decoded.

namespace inflow {

// The smallest box around `window` and what `crop` shows of a picture of size `whole`. One that is
// empty adds nothing.
Box joined(const Box& window, const Box& crop, Size whole);

// A base drawn for a whole picture, of the part of it in `window`.
Base in_window(Base base, const Box& window);

}  // namespace inflow
