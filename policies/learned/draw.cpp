#include "inflow/policies/learned/detail/draw.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

namespace inflow::learned {
namespace {

constexpr float kTaken = -std::numeric_limits<float>::infinity();

// The shares that ops have in a choice. In double precision, so that they do not depend on how a
// tensor library sums; relative to the largest, so that there is always one.
void share_out(std::span<const float> logits, double temperature, std::span<double> shares) {
  const double most = *std::ranges::max_element(logits);
  std::ranges::transform(logits, shares.begin(), [&](float logit) {
    return std::exp((static_cast<double>(logit) - most) / temperature);
  });
}

double total_of(std::span<const double> shares) {
  return std::accumulate(shares.begin(), shares.end(), 0.0);
}

// As LibTorch computes single numbers. For the ops that are chosen only, an eighth of all.
float sigmoid(float value) { return 1 / (1 + std::exp(-value)); }

}  // namespace

float magnitude_at(const Op& op, double level, bool negate) {
  const float magnitude = op.range(static_cast<float>(std::clamp(level, 0.0, 1.0)));
  return op.range.either_sign && negate ? -magnitude : magnitude;
}

PlanDraw::PlanDraw(const MadaugOptions& options, std::span<const Op> ops, std::span<float> outputs)
    : options_(options), ops_(ops), outputs_(outputs), shares_(outputs.size() / 2) {
  for (std::size_t view = 0; view < shares_.size() / ops_.size(); ++view)
    share_out(logits_of(view), options_.temperature, shares_of(view));
}

// Draws, at stream `plan` and the step's position: op, level, sign, u, v, as the policy uniform.
void PlanDraw::operator()(const ViewKey& key, std::size_t view, Plan& plan) {
  const std::span<const float> levels = outputs_.subspan(view * 2 * ops_.size(), ops_.size());
  for (int position = 0; position < options_.ops_per_view; ++position) {
    Rng rng(key, Stream::plan, static_cast<std::uint8_t>(position));
    const std::size_t op = take(view, rng.uniform(0, 1));
    const double level =
        static_cast<double>(sigmoid(levels[op])) + rng.uniform(-options_.jitter, options_.jitter);
    const bool negate = rng.chance(0.5);
    Step& step = plan.steps[plan.count++];
    step.op = static_cast<std::uint16_t>(op);
    step.magnitude = magnitude_at(ops_[op], level, negate);
    step.u = rng.uniform();
    step.v = rng.uniform();
  }
}

std::size_t PlanDraw::take(std::size_t view, double unit) {
  const std::span<float> logits = logits_of(view);
  const std::span<double> shares = shares_of(view);
  double total = total_of(shares);
  // Beside those that are taken the others may be too small to be told apart.
  constexpr double kLittle = 1e-200;
  if (total < kLittle) {
    share_out(logits, options_.temperature, shares);
    total = total_of(shares);
  }
  double rest = unit * total;
  std::size_t found = 0;  // the last one, if rounding leaves a little behind it
  for (std::size_t op = 0; op < shares.size(); ++op) {
    if (shares[op] == 0) continue;
    found = op;
    if (rest < shares[op]) break;
    rest -= shares[op];
  }
  logits[found] = kTaken;
  shares[found] = 0;
  return found;
}

std::span<float> PlanDraw::logits_of(std::size_t view) {
  return outputs_.subspan((view * 2 + 1) * ops_.size(), ops_.size());
}

std::span<double> PlanDraw::shares_of(std::size_t view) {
  return std::span(shares_).subspan(view * ops_.size(), ops_.size());
}

ExploreDraw draw_exploration(Rng& rng) {
  ExploreDraw draw{.negate = rng.chance(0.5)};
  draw.u = rng.uniform();
  draw.v = rng.uniform();
  return draw;
}

}  // namespace inflow::learned
