#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// Applies the parts of a color jitter in their order.
void apply_jitter(Image& image, const Jitter& jitter);

}  // namespace inflow::ops
