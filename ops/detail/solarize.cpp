#include "inflow/ops/detail/solarize.hpp"

#include <cmath>

#include "inflow/ops/detail/row_kernels.hpp"
#include "inflow/ops/detail/rows.hpp"

namespace inflow::ops {

void invert_from(float threshold, const Image& in, Image& out) {
  out.create(in.size());
  const int least = static_cast<int>(std::ceil(threshold));
  for_each_row(in, out, [&](const std::uint8_t* from, std::uint8_t* to, std::size_t count) {
    invert_values_from(least, from, to, count);
  });
}

}  // namespace inflow::ops
