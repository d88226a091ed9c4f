#include "inflow/ops/plan.hpp"

#include <cmath>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include "inflow/ops/detail/grow.hpp"
#include "inflow/ops/detail/lent_picture.hpp"
#include "inflow/ops/detail/rows.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

// Collects mistakes, one a line. There are none nearly always, and then it costs nothing.
class Mistakes {
 public:
  std::ostream& add() {
    if (text_) return *text_ << "\n";
    return text_.emplace();
  }
  std::ostream& at(std::string_view what, std::size_t position) {
    return add() << what << " " << position << ": ";
  }
  std::string text() const { return text_ ? text_->str() : std::string(); }

 private:
  std::optional<std::ostringstream> text_;
};

void check_step(Mistakes& mistakes, std::size_t position, const Step& step,
                std::span<const Op> ops) {
  if (step.op >= ops.size()) {
    mistakes.at("step", position) << "op number must be below " << ops.size() << ": " << step.op;
    return;
  }
  const std::string wrong = what_is_wrong(ops[step.op], step.magnitude, step.u, step.v);
  if (!wrong.empty()) mistakes.at("step", position) << wrong;
}

// More than this no sum of rounded weights is off, and less no pixel is.
constexpr float kWeightError = 1e-4F;

void check_mixture(Mistakes& mistakes, const Plan& plan) {
  std::size_t steps = 0;
  float sum = plan.untouched;
  const auto is_weight = [](float weight) { return weight >= 0 && weight <= 1; };
  if (!is_weight(plan.untouched)) {
    mistakes.add() << "weight of the untouched picture must lie in [0, 1]: " << plan.untouched;
  }
  for (std::size_t i = 0; i < plan.chain_count; ++i) {
    const Chain& chain = plan.chains[i];
    if (!is_weight(chain.weight)) {
      mistakes.at("chain", i) << "weight must lie in [0, 1]: " << chain.weight;
    }
    steps += chain.count;
    sum += chain.weight;
  }
  if (!(std::fabs(sum - 1) <= kWeightError)) {
    mistakes.add() << "weights of a mixture must add up to 1: " << sum;
  }
  if (steps != plan.count) {
    mistakes.add() << "chains must hold every step of the plan: " << steps << " of "
                   << int{plan.count};
  }
}

// Whether there are more steps or chains than there is place for, so that nobody may look at them.
bool overflows(Mistakes& mistakes, const Plan& plan) {
  const std::size_t most = plan.is_mixture() ? Plan::kMixtureCapacity : Plan::kCapacity;
  if (plan.count > most) {
    mistakes.add() << (plan.is_mixture() ? "a mixture" : "a plan") << " holds at most " << most
                   << " steps: " << int{plan.count};
  }
  if (plan.chain_count > Plan::kChains) {
    mistakes.add() << "a mixture holds at most " << Plan::kChains
                   << " chains: " << int{plan.chain_count};
  }
  return plan.count > most || plan.chain_count > Plan::kChains;
}

// Calls apply(op, step) for the steps that change anything.
template <class Apply>
void for_each_change(std::span<const Op> ops, std::span<const Step> steps, Apply apply) {
  for (const Step& step : steps) {
    const Op& op = ops[step.op];
    if (!op.is_neutral(step.magnitude)) apply(op, step);
  }
}

// Visits the values of a picture, which lie in `sum` in the order R, G, B, R, ...
template <class Visit>
void for_each_value(const Image& image, float* sum, Visit visit) {
  ops::for_each_row(image, [&](const std::uint8_t* values, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) visit(sum[i], static_cast<float>(values[i]));
    sum += count;
  });
}

void add_weighted(const Image& image, float weight, float* sum) {
  for_each_value(image, sum, [weight](float& total, float value) { total += weight * value; });
}

// Weights add up to nearly 1, so no sum reaches 256.
void write_sum(const float* sum, Image& image) {
  ops::for_each_row(image, image,
                    [&](const std::uint8_t*, std::uint8_t* values, std::size_t count) {
                      for (std::size_t i = 0; i < count; ++i) {
                        values[i] = static_cast<std::uint8_t>(sum[i]);
                      }
                      sum += count;
                    });
}

// What the steps make of `image`: in one of the two others, or `image` itself where there are none.
// Nothing is swapped, so that each of them keeps its own memory.
const Image& run_chain(std::span<const Op> ops, std::span<const Step> steps, const Image& image,
                       Image& one, Image& other) {
  const Image* in = &image;
  for_each_change(ops, steps, [&](const Op& op, const Step& step) {
    Image& out = in == &one ? other : one;
    op.apply(*in, out, step.magnitude, step.u, step.v);
    in = &out;
  });
  if (in->size() != image.size()) invariant_broken("an op of a mixture changed the size");
  return *in;
}

void apply_mixture(std::span<const Op> ops, const Plan& plan, Image& image, Image& scratch,
                   MixtureScratch& mixture) {
  Image second = ops::lent_picture(mixture.picture, size_of(image));
  float* const sum = ops::grown(mixture.sum, 3 * image.total());
  for_each_value(image, sum, [&](float& total, float value) { total = plan.untouched * value; });
  std::span<const Step> left = plan.chosen();
  for (const Chain& chain : plan.mixed()) {
    const Image& made = run_chain(ops, left.first(chain.count), image, scratch, second);
    add_weighted(made, chain.weight, sum);
    left = left.subspan(chain.count);
  }
  write_sum(sum, image);
}

}  // namespace

std::string what_is_wrong(const Plan& plan, std::span<const Op> ops) {
  if (plan.is_empty()) return {};
  Mistakes mistakes;
  if (overflows(mistakes, plan)) return mistakes.text();
  for (std::size_t i = 0; i < plan.count; ++i) check_step(mistakes, i, plan.steps[i], ops);
  if (plan.is_mixture()) check_mixture(mistakes, plan);
  return mistakes.text();
}

void apply(std::span<const Op> ops, const Plan& plan, Image& image, Image& scratch,
           MixtureScratch& mixture) {
  throw_if_wrong(what_is_wrong(plan, ops));
  throw_if_wrong(what_is_wrong(size_of(image)));
  if (plan.is_mixture()) return apply_mixture(ops, plan, image, scratch, mixture);
  for_each_change(ops, plan.chosen(), [&](const Op& op, const Step& step) {
    op.apply(image, scratch, step.magnitude, step.u, step.v);
    std::swap(image, scratch);
  });
}

void apply(std::span<const Op> ops, const Plan& plan, Image& image, Image& scratch) {
  MixtureScratch mixture;
  apply(ops, plan, image, scratch, mixture);
}

}  // namespace inflow
