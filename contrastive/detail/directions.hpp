#pragma once

#include <ATen/core/Tensor.h>

namespace inflow {

// Rows N x D scaled to length 1 / divisor, in float32 (float64 stays). One of length zero has no
// direction and stays zero.
at::Tensor directions(const at::Tensor& rows, double divisor = 1);

// How far the directions of rows N x D spread: the standard deviation over the rows (of N, not
// N - 1), averaged over the dimensions. Where they lie evenly on the sphere it is 1 / sqrt(D),
// where all have collapsed into one it is 0.
double direction_stddev(const at::Tensor& rows);

}  // namespace inflow
