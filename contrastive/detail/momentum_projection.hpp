#pragma once

#include <cstdint>

#include <torch/nn/module.h>

#include "inflow/contrastive/detail/projection.hpp"
#include "inflow/ops/options.hpp"

namespace inflow {

struct MomentumOptions {
  double from = 0.99;
  double to = 0.999;

  void describe(auto& visitor) {
    visitor("from", from, kProbability,
            "Share of its weights that the momentum encoder keeps in the first step");
    visitor("to", to, kProbability, "Share it keeps at the end; half a cosine lies in between");
  }
};

// The share that is kept after step `step` (from 1) of T, with s = step - 1 of them before it:
//   to - (to - from) (1 + cos(pi s / T)) / 2
// (Grill et al., "Bootstrap your own latent", NeurIPS 2020, section 3.2, where `to` is 1).
double momentum_of(const MomentumOptions& options, std::int64_t step, std::int64_t steps);

// An encoder and a projector, the submodules of these names, whose weights are moving averages of
// another pair's, built alike; the statistics of norms are its own. No gradient passes it.
class MomentumProjection : public torch::nn::Module {
 public:
  MomentumProjection(const MomentumOptions& options, Projection followed, Projection own);

  // Becomes a copy of what it follows.
  void begin();

  at::Tensor forward(const at::Tensor& images);

  // Moves towards what it follows, after step `step` (from 1) of `steps`.
  void follow(std::int64_t step, std::int64_t steps);

 private:
  MomentumOptions options_;
  Projection followed_;
  Projection own_;
};

}  // namespace inflow
