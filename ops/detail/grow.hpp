#pragma once

#include <cstddef>
#include <vector>

namespace inflow::ops {

// At least `count` values of `memory`, which never shrinks.
template <class Value>
Value* grown(std::vector<Value>& memory, std::size_t count) {
  if (memory.size() < count) memory.resize(count);
  return memory.data();
}

}  // namespace inflow::ops
