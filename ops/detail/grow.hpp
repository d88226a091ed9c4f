#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace inflow::ops {

// At least `count` values of `memory`, which never shrinks.
template <class Value>
Value* grown(std::vector<Value>& memory, std::size_t count) {
  if (memory.size() < count) memory.resize(count);
  return memory.data();
}

// The same, beginning at a multiple of 64 bytes, so that no vector lies across two lines of the
// cache.
template <class Value>
Value* grown_aligned(std::vector<Value>& memory, std::size_t count) {
  constexpr std::size_t kLine = 64;
  void* start = grown(memory, count + kLine / sizeof(Value));
  std::size_t room = memory.size() * sizeof(Value);
  return static_cast<Value*>(std::align(kLine, count * sizeof(Value), start, room));
}

}  // namespace inflow::ops
