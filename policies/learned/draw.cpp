#include "inflow/policies/learned/detail/draw.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace inflow::learned {
namespace {

// Calls visit(op, share) for the ops that are not in the plan yet, with their shares of the choice.
// In double precision, so that they do not depend on how a tensor library sums; relative to the
// largest that is left, so that there is always one.
template <class Visit>
void for_each_share(std::span<const float> logits, double temperature, const Plan& plan,
                    Visit visit) {
  const auto is_left = [&](std::size_t op) {
    return std::ranges::find(plan.chosen(), op, &Step::op) == plan.chosen().end();
  };
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t op = 0; op < logits.size(); ++op) {
    if (is_left(op)) most = std::max(most, static_cast<double>(logits[op]));
  }
  for (std::size_t op = 0; op < logits.size(); ++op) {
    if (is_left(op)) visit(op, std::exp((static_cast<double>(logits[op]) - most) / temperature));
  }
}

// The op in which the part `unit` of what is left lies.
std::uint16_t draw_op(std::span<const float> logits, double temperature, const Plan& plan,
                      double unit) {
  double total = 0;
  for_each_share(logits, temperature, plan, [&](std::size_t, double share) { total += share; });
  double left = unit * total;
  std::size_t found = 0;
  bool over = false;  // rounding may leave a little behind the last op
  for_each_share(logits, temperature, plan, [&](std::size_t op, double share) {
    if (over || share == 0) return;
    found = op;
    over = left < share;
    left -= share;
  });
  return static_cast<std::uint16_t>(found);
}

}  // namespace

float magnitude_at(const Op& op, double level, bool negate) {
  const float magnitude = op.range(static_cast<float>(std::clamp(level, 0.0, 1.0)));
  return op.range.either_sign && negate ? -magnitude : magnitude;
}

// Draws, at stream `plan` and the step's position: op, level, sign, u, v, as the policy uniform.
Plan draw_plan(const MadaugOptions& options, std::span<const Op> ops, const ViewKey& key,
               const ViewOutputs& outputs) {
  Plan plan;
  for (int position = 0; position < options.ops_per_view; ++position) {
    Rng rng(key, Stream::plan, static_cast<std::uint8_t>(position));
    Step step{.op = draw_op(outputs.logits, options.temperature, plan, rng.uniform(0, 1))};
    const double level =
        static_cast<double>(outputs.levels[step.op]) + rng.uniform(-options.jitter, options.jitter);
    const bool negate = rng.chance(0.5);
    step.magnitude = magnitude_at(ops[step.op], level, negate);
    step.u = rng.uniform();
    step.v = rng.uniform();
    plan.steps[plan.count++] = step;
  }
  return plan;
}

ExploreDraw draw_exploration(Rng& rng) {
  ExploreDraw draw{.negate = rng.chance(0.5)};
  draw.u = rng.uniform();
  draw.v = rng.uniform();
  return draw;
}

}  // namespace inflow::learned
