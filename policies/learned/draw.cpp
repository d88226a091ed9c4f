#include "inflow/policies/learned/detail/draw.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace inflow::learned {
namespace {

// The ops that are left to choose from, with their shares of the choice. In double precision, so
// that they do not depend on how a tensor library sums; relative to the largest that is left, so
// that there is always one.
class Choice {
 public:
  Choice(std::span<const float> logits, double temperature) : temperature_(temperature) {
    ops_.reserve(logits.size());
    for (const float logit : logits) ops_.push_back({.logit = logit});
    share_out();
  }

  // The op in which the part `unit` of what is left lies, which is not left any more.
  std::uint16_t take(double unit) {
    double total = 0;
    for (const Left& op : ops_) total += op.share;
    double rest = unit * total;
    std::size_t found = 0;
    bool over = false;  // rounding may leave a little behind the last op
    for (std::size_t op = 0; op < ops_.size() && !over; ++op) {
      if (ops_[op].share == 0) continue;
      found = op;
      over = rest < ops_[op].share;
      rest -= ops_[op].share;
    }
    const bool was_largest = ops_[found].share == 1;
    ops_[found] = {.logit = kTaken};
    if (was_largest) share_out();
    return static_cast<std::uint16_t>(found);
  }

 private:
  static constexpr float kTaken = -std::numeric_limits<float>::infinity();

  struct Left {
    float logit = kTaken;
    double share = 0;
  };

  void share_out() {
    const double most = std::ranges::max(ops_, {}, &Left::logit).logit;
    for (Left& op : ops_) {
      if (op.logit == kTaken) continue;
      op.share = std::exp((static_cast<double>(op.logit) - most) / temperature_);
    }
  }

  double temperature_;
  std::vector<Left> ops_;
};

// As LibTorch computes single numbers. For the ops that are chosen only, an eighth of all.
float sigmoid(float value) { return 1 / (1 + std::exp(-value)); }

}  // namespace

float magnitude_at(const Op& op, double level, bool negate) {
  const float magnitude = op.range(static_cast<float>(std::clamp(level, 0.0, 1.0)));
  return op.range.either_sign && negate ? -magnitude : magnitude;
}

// Draws, at stream `plan` and the step's position: op, level, sign, u, v, as the policy uniform.
Plan draw_plan(const MadaugOptions& options, std::span<const Op> ops, const ViewKey& key,
               const ViewOutputs& outputs) {
  Plan plan;
  Choice choice(outputs.logits, options.temperature);
  for (int position = 0; position < options.ops_per_view; ++position) {
    Rng rng(key, Stream::plan, static_cast<std::uint8_t>(position));
    Step step{.op = choice.take(rng.uniform(0, 1))};
    const double level = static_cast<double>(sigmoid(outputs.levels[step.op])) +
                         rng.uniform(-options.jitter, options.jitter);
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
