#pragma once

#include "inflow/ops/image.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {

// Pillow's ImageEnhance: a picture is moved away from a degenerate one (factor 0), through itself
// (1), and beyond.

// The factors that make a difference: 255 and all above saturate every value that is not
// degenerate.
inline constexpr Domain kEnhanceDomain{.low = 0, .high = 255};
inline constexpr float kEnhanceNeutral = 1;
inline constexpr Range kEnhanceRange{.at_zero = 0.1F, .at_one = 1.9F};

// Away from black. `out` is sized; it may be `in`, here and below.
void adjust_brightness(const Image& in, Image& out, float factor);

// Away from the mean luma.
void adjust_contrast(const Image& in, Image& out, float factor);

// Away from each pixel's luma.
void adjust_saturation(const Image& in, Image& out, float factor);

}  // namespace inflow::ops
