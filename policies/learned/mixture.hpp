#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "inflow/ops/view.hpp"

namespace inflow {

// Some views under each of some ops, as bytes: a quarter of the memory of what a model takes, and
// finished only where they are mixed.
struct Pictures {
  at::Tensor bytes;        // N x ops x H x W x C uint8
  std::vector<Box> holes;  // N x ops: where a picture is 0 when it is finished; may be empty
  Finish finish;           // channels, layout and normalization; its own window is ignored
};

// What a model takes: N x ops x C x H x W float32, in the layout of `finish`.
at::Tensor normalized(const Pictures& pictures);

// The mixture of every row's pictures by its probabilities (N x ops): N x C x H x W float32, in the
// layout of `finish`, summed on the oneTBB pool of the calling thread, in an order that does not
// depend on it. Its value does not depend on `levels`; its derivative by them does: with `slopes`
// (as of Explorer) that of the pictures, else the straight-through one, 1 for every value of every
// picture. Differentiable as often as one likes.
at::Tensor mixture(const Pictures& pictures, const at::Tensor& probabilities,
                   const at::Tensor& levels, const at::Tensor& slopes = {});

// The same of pictures that are numbers: N x ops x C x H x W.
at::Tensor mixture(const at::Tensor& pictures, const at::Tensor& probabilities,
                   const at::Tensor& levels, const at::Tensor& slopes = {});

}  // namespace inflow
