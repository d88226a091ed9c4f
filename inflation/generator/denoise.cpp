#include "inflow/inflation/generator/denoise.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

int place_of(int at, int count, int steps, Spacing spacing) {
  if (count == 1) return steps - 1;
  const double part = static_cast<double>(at) / (count - 1);
  if (spacing == Spacing::uniform) return static_cast<int>(std::lround(part * (steps - 1)));
  const double root = part * std::sqrt(0.8 * steps);
  return std::min(static_cast<int>(root * root), steps - 1);
}

}  // namespace

std::vector<int> sampling_steps(const NoiseSchedule& schedule, const SamplingOptions& options) {
  if (options.steps > schedule.steps()) {
    throw UsageError("a schedule of " + std::to_string(schedule.steps()) +
                     " steps cannot be sampled in " + std::to_string(options.steps));
  }
  std::vector<int> taken;
  for (int at = 0; at < options.steps; ++at) {
    const int place = place_of(at, options.steps, schedule.steps(), options.spacing);
    // The quadratic ones begin so close together that they would be the same.
    taken.push_back(std::max(place, taken.empty() ? 0 : taken.back() + 1));
  }
  // What was moved up by that has room: there are no more steps than places.
  for (std::size_t left = taken.size(); left > 0; --left) {
    const int most = schedule.steps() - 1 - static_cast<int>(taken.size() - left);
    taken[left - 1] = std::min(taken[left - 1], most);
  }
  std::ranges::reverse(taken);
  return taken;
}

at::Tensor denoise(const NoisePredictor& predict, const NoiseSchedule& schedule,
                   const SamplingOptions& options, const at::Tensor& start,
                   const StepNoise& noise) {
  const at::NoGradGuard no_grad;
  const std::vector<int> steps = sampling_steps(schedule, options);
  at::Tensor images = start;
  for (std::size_t at = 0; at < steps.size(); ++at) {
    const int next = at + 1 < steps.size() ? steps[at + 1] : -1;
    const double kept = schedule.alpha_bar(steps[at]);
    const double kept_next = schedule.alpha_bar(next);
    at::Tensor found = predict(images, steps[at]);
    at::Tensor expected = (images - std::sqrt(1 - kept) * found) / std::sqrt(kept);
    if (options.clip) {
      expected = expected.clamp(-1, 1);
      found = (images - std::sqrt(kept) * expected) / std::sqrt(1 - kept);
    }
    const double added =
        options.eta * std::sqrt((1 - kept_next) / (1 - kept)) * std::sqrt(1 - kept / kept_next);
    const double rest = std::sqrt(std::max(1 - kept_next - added * added, 0.0));
    images = std::sqrt(kept_next) * expected + rest * found;
    if (added > 0) images = images + added * noise(next);
  }
  return images;
}

}  // namespace inflow
