#include "inflow/contrastive/detail/momentum_projection.hpp"

#include <cmath>
#include <numbers>
#include <utility>

#include <ATen/core/grad_mode.h>

#include "inflow/training/moving_average.hpp"

namespace inflow {

double momentum_of(const MomentumOptions& options, std::int64_t step, std::int64_t steps) {
  const double share = static_cast<double>(step - 1) / static_cast<double>(steps);
  return options.to - (options.to - options.from) * (1 + std::cos(std::numbers::pi * share)) / 2;
}

MomentumProjection::MomentumProjection(const MomentumOptions& options, Projection followed,
                                       Projection own)
    : options_(options), followed_(std::move(followed)), own_(std::move(own)) {
  register_module("encoder", own_.encoder);
  register_module("projector", own_.projector);
}

void MomentumProjection::begin() {
  begin_average(*own_.encoder, *followed_.encoder);
  begin_average(*own_.projector, *followed_.projector);
}

at::Tensor MomentumProjection::forward(const at::Tensor& images) {
  const at::NoGradGuard no_gradients;
  return own_.forward(images);
}

void MomentumProjection::follow(std::int64_t step, std::int64_t steps) {
  const double kept = momentum_of(options_, step, steps);
  move_average(*own_.encoder, *followed_.encoder, kept);
  move_average(*own_.projector, *followed_.projector, kept);
}

}  // namespace inflow
