#pragma once

#include <cstddef>
#include <cstdint>

#include "inflow/ops/image.hpp"

namespace inflow::ops {

// Calls visit(from, to, count) on each row of two pictures of one size, which may be the same
// picture: `count` bytes, R, G, B, R, ... Rows that touch in memory come as one.
template <class Visit>
void for_each_row(const Image& in, Image& out, Visit visit) {
  const bool one = in.isContinuous() && out.isContinuous();
  const int rows = one ? 1 : in.rows;
  const std::size_t count = (one ? in.total() : static_cast<std::size_t>(in.cols)) * 3;
  for (int y = 0; y < rows; ++y) {
    visit(static_cast<const std::uint8_t*>(in.ptr(y)), static_cast<std::uint8_t*>(out.ptr(y)),
          count);
  }
}

// The same for one picture: visit(from, count).
template <class Visit>
void for_each_row(const Image& in, Visit visit) {
  const int rows = in.isContinuous() ? 1 : in.rows;
  const std::size_t count =
      (in.isContinuous() ? in.total() : static_cast<std::size_t>(in.cols)) * 3;
  for (int y = 0; y < rows; ++y) visit(static_cast<const std::uint8_t*>(in.ptr(y)), count);
}

}  // namespace inflow::ops
