#pragma once

#include "inflow/ops/image.hpp"

namespace inflow::ops {

// Where an output pixel's center (x + 1/2, y + 1/2) lies in the source: (a x + b y + c, d x + e y +
// f).
struct Affine {
  double a = 1;
  double b = 0;
  double c = 0;
  double d = 0;
  double e = 1;
  double f = 0;
};

// Takes each pixel from where `source` puts it, nearest neighbor, black outside, as Pillow's
// Image.transform does: in 16.16 fixed point, and in double precision where a coordinate does not
// fit. `out` is sized.
void gather(const Image& in, Image& out, const Affine& source);

// Takes each pixel from `right` columns to the right and `down` rows below, rounded half up; black
// outside. `out` is sized.
void shift(const Image& in, Image& out, double right, double down);

}  // namespace inflow::ops
