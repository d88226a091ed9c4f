#include "inflow/ops/detail/enhance.hpp"

#include "inflow/ops/detail/luma.hpp"
#include "inflow/ops/detail/rows.hpp"
#include "inflow/ops/detail/table.hpp"

namespace inflow::ops {

void adjust_brightness(const Image& in, Image& out, float factor) {
  apply_table(in, out, make_table([&](int value) { return enhance(0, value, factor); }));
}

void adjust_contrast(const Image& in, Image& out, float factor) {
  const int mean = mean_luma(in);
  apply_table(in, out, make_table([&](int value) { return enhance(mean, value, factor); }));
}

void adjust_saturation(const Image& in, Image& out, float factor) {
  out.create(in.size());
  for_each_row(in, out, [&](const std::uint8_t* from, std::uint8_t* to, std::size_t count) {
    for (std::size_t i = 0; i < count; i += 3) {
      const int gray = luma(from + i);
      to[i] = enhance(gray, from[i], factor);
      to[i + 1] = enhance(gray, from[i + 1], factor);
      to[i + 2] = enhance(gray, from[i + 2], factor);
    }
  });
}

}  // namespace inflow::ops
