#include "inflow/ops/detail/luma.hpp"

#include "inflow/ops/detail/row_kernels.hpp"
#include "inflow/ops/detail/rows.hpp"

namespace inflow::ops {

int mean_luma(const Image& image) {
  constexpr double kHalf = 0.5;
  std::uint64_t sum = 0;
  for_each_row(image, [&](const std::uint8_t* from, std::size_t count) {
    sum += sum_of_luma(from, count / 3);
  });
  return static_cast<int>(static_cast<double>(sum) / static_cast<double>(image.total()) + kHalf);
}

void to_grayscale(const Image& in, Image& out) {
  out.create(in.size());
  for_each_row(in, out, [](const std::uint8_t* from, std::uint8_t* to, std::size_t count) {
    luma_of_pixels(from, to, count / 3);
  });
}

}  // namespace inflow::ops
