#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::ops {

// One side of a crop in the picture that is rendered, in pixels of that: it begins `offset`, below
// 1, behind the edge of pixel `first`, and the `pixels` from there on show it.
struct Side {
  int first = 0;
  int pixels = 0;
  double offset = 0;
  double length = 0;

  // Whether so many output pixels are just these.
  bool is(int output) const { return offset == 0 && length == output; }
};

// Of pixels [first, first + length) of one side, in a picture whose sides are `shrunk` times
// shorter.
Side side_of(int first, int length, int shrunk);

Side columns_of(const Base& base);
Side rows_of(const Base& base);

}  // namespace inflow::ops
