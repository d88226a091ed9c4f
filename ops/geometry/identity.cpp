#include "inflow/ops/op.hpp"

namespace inflow::ops {

// A policy's way to leave a picture alone.
Op identity() {
  return {.name = "identity",
          .summary = "Change nothing",
          .family = Family::geometry,
          .has_magnitude = false,
          .domain = {.low = 0, .high = 1},
          .neutral = 0,
          .range = {.at_zero = 0, .at_one = 1},
          .apply = [](const Image& in, Image& out, float, float, float) { in.copyTo(out); }};
}

}  // namespace inflow::ops
