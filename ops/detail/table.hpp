#pragma once

#include <array>
#include <cstdint>

#include "inflow/ops/image.hpp"

namespace inflow::ops {

// What each value becomes.
using Table = std::array<std::uint8_t, 256>;

// A table of value -> entry(value) for the values 0 .. 255.
template <class Entry>
constexpr Table make_table(Entry entry) {
  Table table{};
  for (int value = 0; value < 256; ++value) {
    table[static_cast<std::size_t>(value)] = static_cast<std::uint8_t>(entry(value));
  }
  return table;
}

inline constexpr Table kIdentityTable = make_table([](int value) { return value; });

// Looks every value up in the table of its channel. `out` is sized; it may be `in`.
void apply_tables(const Image& in, Image& out, const std::array<Table, 3>& tables);

}  // namespace inflow::ops
