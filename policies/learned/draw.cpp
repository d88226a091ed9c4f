#include "inflow/policies/learned/detail/draw.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace inflow::learned {
namespace {

constexpr float kTaken = -std::numeric_limits<float>::infinity();

// As LibTorch computes single numbers. For the ops that are chosen only, an eighth of all.
float sigmoid(float value) { return 1 / (1 + std::exp(-value)); }

}  // namespace

float magnitude_at(const Op& op, double level, bool negate) {
  const float magnitude = op.range(static_cast<float>(std::clamp(level, 0.0, 1.0)));
  return op.range.either_sign && negate ? -magnitude : magnitude;
}

PlanDraw::PlanDraw(const MadaugOptions& options, std::span<const Op> ops, std::span<float> outputs)
    : options_(options),
      ops_(ops),
      outputs_(outputs),
      rows_(outputs.size() / (2 * ops.size())),
      shares_(rows_ * ops.size()),
      totals_(rows_) {
  for (std::size_t row = 0; row < rows_; ++row) share_out(row);
}

void PlanDraw::operator()(std::span<const ViewKey> keys, std::span<const std::size_t> views,
                          std::span<Plan> plans) {
  for (int position = 0; position < options_.ops_per_view; ++position) {
    sum_up();
    for (std::size_t row = 0; row < rows_; ++row)
      add_step(keys[views[row]], row, plans[views[row]]);
  }
}

// In double precision, so that they do not depend on how a tensor library sums; relative to the
// largest, so that there is always one.
void PlanDraw::share_out(std::size_t row) {
  const std::span<const float> logits = logits_of(row);
  const double most = *std::ranges::max_element(logits);
  for (std::size_t op = 0; op < ops_.size(); ++op)
    share_of(op, row) = std::exp((static_cast<double>(logits[op]) - most) / options_.temperature);
}

void PlanDraw::sum_up() {
  std::ranges::fill(totals_, 0);
  for (std::size_t op = 0; op < ops_.size(); ++op) {
    for (std::size_t row = 0; row < rows_; ++row) totals_[row] += share_of(op, row);
  }
}

// Draws, at stream `plan` and the step's position: op, level, sign, u, v, as the policy uniform.
void PlanDraw::add_step(const ViewKey& key, std::size_t row, Plan& plan) {
  Rng rng(key, Stream::plan, static_cast<std::uint8_t>(plan.count));
  const std::size_t op = take(row, rng.uniform(0, 1));
  const double level = static_cast<double>(sigmoid(outputs_[row * 2 * ops_.size() + op])) +
                       rng.uniform(-options_.jitter, options_.jitter);
  const bool negate = rng.chance(0.5);
  Step& step = plan.steps[plan.count++];
  step.op = static_cast<std::uint16_t>(op);
  step.magnitude = magnitude_at(ops_[op], level, negate);
  step.u = rng.uniform();
  step.v = rng.uniform();
}

std::size_t PlanDraw::take(std::size_t row, double unit) {
  double total = totals_[row];
  // Beside those that are taken the others may be too small to be told apart.
  constexpr double kLittle = 1e-200;
  if (total < kLittle) {
    share_out(row);
    total = 0;
    for (std::size_t op = 0; op < ops_.size(); ++op) total += share_of(op, row);
  }
  double rest = unit * total;
  std::size_t found = 0;  // the last one, if rounding leaves a little behind it
  for (std::size_t op = 0; op < ops_.size(); ++op) {
    const double share = share_of(op, row);
    if (share == 0) continue;
    found = op;
    if (rest < share) break;
    rest -= share;
  }
  logits_of(row)[found] = kTaken;
  share_of(found, row) = 0;
  return found;
}

std::span<float> PlanDraw::logits_of(std::size_t row) const {
  return outputs_.subspan((row * 2 + 1) * ops_.size(), ops_.size());
}

ExploreDraw draw_exploration(Rng& rng) {
  ExploreDraw draw{.negate = rng.chance(0.5)};
  draw.u = rng.uniform();
  draw.v = rng.uniform();
  return draw;
}

}  // namespace inflow::learned
