#pragma once

#include <memory>
#include <span>

#include <ATen/core/Tensor.h>

#include "inflow/ops/op.hpp"
#include "inflow/ops/random.hpp"
#include "inflow/ops/view.hpp"
#include "inflow/policies/learned/mixture.hpp"

namespace inflow {

// The rendered bases of some views, all of one size, lent for one call.
struct Bases {
  std::span<const ViewKey> keys;
  std::span<const Image> images;
};

// How the pictures of an exploration are finished.
struct ExploreFinish {
  Finish finish;   // channels, layout and normalization; always float32, its own window is ignored
  int cutout = 0;  // side in pixels of a square of 0, in another place for every picture; 0: none
};

// The bases as a model takes them: N x C x H x W float32, in the layout of `finish`, whose window
// is ignored.
at::Tensor normalized(std::span<const Image> bases, const Finish& finish);

// Applies every op to every base, on the oneTBB pool of the calling thread. Keeps its memory from
// one call to the next: hold one for a run. One call at a time.
class Explorer {
 public:
  // `ops` must outlive this.
  Explorer(std::span<const Op> ops, const ExploreFinish& finish);
  ~Explorer();

  // Every base under each op once at `levels` (N x ops, in [0, 1]). Signs, places and holes are
  // drawn for each key and op and do not depend on the levels, so equal arguments give equal
  // pictures. The memory of an earlier answer is used again once nobody holds that answer. Throws
  // UsageError for bases of different sizes and for levels of another shape.
  Pictures operator()(const Bases& bases, const at::Tensor& levels);

  // How the pictures change with the levels: (at level + step - at level - step) / the difference
  // of the two, which are kept within 0 and 1; 0 where an op knows no magnitude. The same draws.
  // N x ops x C x H x W float32.
  at::Tensor slopes(const Bases& bases, const at::Tensor& levels, double step);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace inflow
