#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace inflow {

// The kinds of vectors that kernels are compiled for and this processor has, the widest first, by
// Highway's names: AVX3, AVX2, SSE4, ... Rendering takes the first.
std::vector<std::string> simd_targets();

// While it lives, rendering takes this one of them, in all threads: to prove that it makes no
// difference. At most one at a time, made and ended while nothing is rendered. Throws UsageError
// for a name that is not among simd_targets().
class OnlySimdTarget {
 public:
  explicit OnlySimdTarget(std::string_view name);
  ~OnlySimdTarget();
  OnlySimdTarget(const OnlySimdTarget&) = delete;
  OnlySimdTarget& operator=(const OnlySimdTarget&) = delete;
};

}  // namespace inflow
