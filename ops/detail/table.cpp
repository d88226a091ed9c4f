#include "inflow/ops/detail/table.hpp"

#include "inflow/ops/detail/rows.hpp"

namespace inflow::ops {

void apply_tables(const Image& in, Image& out, const std::array<Table, 3>& tables) {
  out.create(in.size());
  for_each_row(in, out, [&](const std::uint8_t* from, std::uint8_t* to, std::size_t count) {
    for (std::size_t i = 0; i < count; i += 3) {
      to[i] = tables[0][from[i]];
      to[i + 1] = tables[1][from[i + 1]];
      to[i + 2] = tables[2][from[i + 2]];
    }
  });
}

}  // namespace inflow::ops
