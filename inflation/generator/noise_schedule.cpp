#include "inflow/inflation/generator/noise_schedule.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

namespace inflow {
namespace {

constexpr double kMostBeta = 0.999;

double linear_beta(int step, int steps) {
  const double scale = 1000.0 / steps;
  const double place = steps > 1 ? static_cast<double>(step) / (steps - 1) : 0;
  return scale * (1e-4 + (0.02 - 1e-4) * place);
}

double cosine_beta(int step, int steps) {
  const auto kept = [&](int at) {
    constexpr double kOffset = 0.008;
    const double place = (static_cast<double>(at) / steps + kOffset) / (1 + kOffset);
    const double root = std::cos(place * std::numbers::pi / 2);
    return root * root;
  };
  return 1 - kept(step + 1) / kept(step);
}

}  // namespace

NoiseSchedule::NoiseSchedule(const NoiseOptions& options) {
  double kept = 1;
  for (int step = 0; step < options.steps; ++step) {
    const double beta = options.kind == NoiseKind::linear ? linear_beta(step, options.steps)
                                                          : cosine_beta(step, options.steps);
    kept *= 1 - std::min(beta, kMostBeta);
    alpha_bar_.push_back(kept);
  }
}

double NoiseSchedule::alpha_bar(int step) const {
  return step < 0 ? 1 : alpha_bar_.at(static_cast<std::size_t>(step));
}

at::Tensor noised(const NoiseSchedule& schedule, const at::Tensor& images, const at::Tensor& noise,
                  const at::Tensor& steps) {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(images.dim()), 1);
  sizes.front() = images.size(0);
  at::Tensor kept = at::empty(sizes, images.options().dtype(at::kDouble));
  auto* value = kept.mutable_data_ptr<double>();
  const at::Tensor each = steps.contiguous();
  for (std::int64_t row = 0; row < images.size(0); ++row) {
    value[row] = schedule.alpha_bar(static_cast<int>(each.const_data_ptr<std::int64_t>()[row]));
  }
  const at::ScalarType type = images.scalar_type();
  return kept.sqrt().to(type) * images + (1 - kept).sqrt().to(type) * noise;
}

}  // namespace inflow
