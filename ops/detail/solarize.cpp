#include "inflow/ops/detail/solarize.hpp"

#include "inflow/ops/detail/table.hpp"

namespace inflow::ops {

void invert_from(float threshold, const Image& in, Image& out) {
  const auto entry = [&](int value) {
    return static_cast<float>(value) < threshold ? value : 255 - value;
  };
  apply_table(in, out, make_table(entry));
}

}  // namespace inflow::ops
