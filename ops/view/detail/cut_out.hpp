#pragma once

#include <cstddef>
#include <span>

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// Gives the window `finish.cutout`, if there is one, of a view that stands in its row the mean
// color.
void cut_out(const Finish& finish, Size size, std::span<std::byte> row);

}  // namespace inflow::ops
