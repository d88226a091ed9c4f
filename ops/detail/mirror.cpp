#include "inflow/ops/detail/mirror.hpp"

#include "inflow/ops/detail/row_kernels.hpp"

namespace inflow::ops {

void mirror(const Image& in, Image& out) {
  out.create(in.size());
  for (int y = 0; y < in.rows; ++y) {
    mirror_pixels(in.ptr(y), out.ptr(y), static_cast<std::size_t>(in.cols));
  }
}

}  // namespace inflow::ops
