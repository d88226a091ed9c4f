#include <algorithm>
#include <array>

#include "inflow/policies/detail/entry.hpp"

namespace inflow {
namespace {

struct UniformOptions {
  int ops_per_view = 2;

  void describe(auto& visitor) {
    visitor("ops_per_view", ops_per_view, Between{1, Plan::kCapacity},
            "Ops applied to each view, all different");
  }
};

// The numbers of the ops a plan has so far, ascending.
class Chosen {
 public:
  // Takes the op that is number `rank` among those not yet taken.
  std::uint16_t take(std::uint32_t rank) {
    const auto taken = std::span(numbers_).first(count_);
    std::size_t at = 0;
    while (at < count_ && taken[at] <= rank + at) ++at;
    const auto number = static_cast<std::uint16_t>(rank + at);
    std::copy_backward(numbers_.begin() + static_cast<std::ptrdiff_t>(at),
                       numbers_.begin() + static_cast<std::ptrdiff_t>(count_),
                       numbers_.begin() + static_cast<std::ptrdiff_t>(count_) + 1);
    numbers_[at] = number;
    ++count_;
    return number;
  }

 private:
  std::array<std::uint16_t, Plan::kCapacity> numbers_{};
  std::size_t count_ = 0;
};

// Random augmentation, MADAug's untrained baseline: distinct ops, every set of them equally likely
// and in every order, each at a level uniform in [0, 1].
class Uniform final : public Policy {
 public:
  Uniform(const UniformOptions& options, std::span<const Op> ops)
      : ops_(ops), ops_per_view_(options.ops_per_view) {}

  void choose(const Group& group, std::span<Plan> plans) const override {
    for (std::size_t view = 0; view < group.keys.size(); ++view) {
      plans[view] = plan_of(group.keys[view]);
    }
  }

 private:
  Plan plan_of(const ViewKey& key) const {
    Plan plan;
    Chosen chosen;
    for (int position = 0; position < ops_per_view_; ++position) {
      plan.steps[plan.count] = step_of(key, position, chosen);
      ++plan.count;
    }
    return plan;
  }

  // Draws, at stream `plan` and the step's position: op, level, sign, u, v. The sign is drawn for
  // every op, so that the numbers after it do not depend on which op it is.
  Step step_of(const ViewKey& key, int position, Chosen& chosen) const {
    Rng rng(key, Stream::plan, static_cast<std::uint8_t>(position));
    const auto left =
        static_cast<std::uint32_t>(ops_.size()) - static_cast<std::uint32_t>(position);
    Step step{.op = chosen.take(rng.below(left))};
    const Range& range = ops_[step.op].range;
    step.magnitude = range(rng.uniform());
    const bool negate = rng.chance(0.5);
    if (range.either_sign && negate) step.magnitude = -step.magnitude;
    step.u = rng.uniform();
    step.v = rng.uniform();
    return step;
  }

  std::span<const Op> ops_;
  int ops_per_view_;
};

std::shared_ptr<const Policy> make(const UniformOptions& options, std::span<const Op> ops) {
  const auto wanted = static_cast<std::size_t>(std::max(options.ops_per_view, 0));
  const std::size_t most = std::min(Plan::kCapacity, ops.size());
  if (wanted < 1 || wanted > most) {
    throw UsageError("ops_per_view is out of range: expected 1 to " + std::to_string(most) +
                     ", found " + std::to_string(options.ops_per_view));
  }
  return std::make_shared<Uniform>(options, ops);
}

}  // namespace

PolicyEntry uniform_policy() {
  return catalog_entry("uniform", "Distinct ops drawn uniformly, each at a uniform level", make);
}

}  // namespace inflow
