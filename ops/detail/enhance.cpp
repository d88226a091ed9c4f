#include "inflow/ops/detail/enhance.hpp"

#include "inflow/ops/detail/luma.hpp"
#include "inflow/ops/detail/row_kernels.hpp"
#include "inflow/ops/detail/rows.hpp"

namespace inflow::ops {
namespace {

void enhance_from(int degenerate, const Image& in, Image& out, float factor) {
  out.create(in.size());
  for_each_row(in, out, [&](const std::uint8_t* from, std::uint8_t* to, std::size_t count) {
    enhance_values(static_cast<std::uint8_t>(degenerate), factor, from, to, count);
  });
}

}  // namespace

void adjust_brightness(const Image& in, Image& out, float factor) {
  enhance_from(0, in, out, factor);
}

void adjust_contrast(const Image& in, Image& out, float factor) {
  enhance_from(mean_luma(in), in, out, factor);
}

void adjust_saturation(const Image& in, Image& out, float factor) {
  out.create(in.size());
  for_each_row(in, out, [&](const std::uint8_t* from, std::uint8_t* to, std::size_t count) {
    enhance_from_luma(factor, from, to, count / 3);
  });
}

}  // namespace inflow::ops
