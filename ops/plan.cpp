#include "inflow/ops/plan.hpp"

#include <sstream>
#include <utility>

namespace inflow {
namespace {

bool is_unit(float draw) { return draw >= 0.0F && draw < 1.0F; }

void append_mistakes(std::ostream& text, std::size_t position, const Step& step,
                     std::span<const Op> ops) {
  const auto say = [&]() -> std::ostream& {
    return text << (text.tellp() > 0 ? "\n" : "") << "step " << position << ": ";
  };
  if (step.op >= ops.size()) {
    say() << "op number must be below " << ops.size() << ": " << step.op;
    return;
  }
  const Op& op = ops[step.op];
  if (!op.domain.contains(step.magnitude)) {
    say() << "magnitude of " << op.name << " must lie in [" << op.domain.low << ", "
          << op.domain.high << "]: " << step.magnitude;
  }
  if (!is_unit(step.u) || !is_unit(step.v)) {
    say() << "draws of " << op.name << " must lie in [0, 1): " << step.u << ", " << step.v;
  }
}

}  // namespace

std::string what_is_wrong(const Plan& plan, std::span<const Op> ops) {
  std::ostringstream text;
  if (plan.count > Plan::kCapacity) {
    text << "a plan holds at most " << Plan::kCapacity << " steps: " << int{plan.count};
    return text.str();
  }
  for (std::size_t i = 0; i < plan.count; ++i) append_mistakes(text, i, plan.steps[i], ops);
  return text.str();
}

void apply(std::span<const Op> ops, const Plan& plan, Image& image, Image& scratch) {
  for (const Step& step : plan.chosen()) {
    ops[step.op].apply(image, scratch, step.magnitude, step.u, step.v);
    std::swap(image, scratch);
  }
}

}  // namespace inflow
