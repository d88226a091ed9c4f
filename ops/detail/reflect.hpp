#pragma once

#include <algorithm>

namespace inflow::ops {

// Where a pixel `at`, perhaps outside, is mirrored to: 2 1 | 0 1 2 | 1 0, and so on.
constexpr int reflected(int at, int extent) {
  if (at >= 0 && at < extent) return at;
  if (extent == 1) return 0;
  const int period = 2 * (extent - 1);
  const int offset = (at < 0 ? -at : at) % period;
  return std::min(offset, period - offset);
}

}  // namespace inflow::ops
