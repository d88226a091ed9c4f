#pragma once

#include <array>
#include <cstdint>

#include "inflow/ops/image.hpp"

namespace inflow::ops {

// How many pixels have each value, in one channel.
using Histogram = std::array<std::uint32_t, 256>;

// Of R, G and B.
std::array<Histogram, 3> histograms(const Image& image);

}  // namespace inflow::ops
