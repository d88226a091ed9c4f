#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/policies/detail/entry.hpp"
#include "inflow/policies/detail/number_text.hpp"

namespace inflow {
namespace {

struct FixedOptions {
  std::vector<std::string> steps;

  void describe(auto& visitor) {
    visitor(
        "steps", steps,
        "Steps of every view, at most 8, each NAME:magnitude=M,u=U,v=V; u and v are 0.5 if left "
        "out, and M may be left out where no magnitude is neutral, as for invert");
  }
};

[[noreturn]] void refuse(std::string_view why, std::string_view text) {
  throw UsageError("step " + std::string(why) + ": " + std::string(text));
}

// What one step says, before it is known to make sense.
struct Spelling {
  std::string_view name;
  std::optional<float> magnitude{};
  std::optional<float> u{};
  std::optional<float> v{};
};

float number_of(std::string_view value, std::string_view text) {
  float number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size()) {
    refuse("has a value that is not a number", text);
  }
  return number;
}

void read_setting(std::string_view setting, Spelling& spelling, std::string_view text) {
  static constexpr std::string_view kKeys[] = {"magnitude", "u", "v"};
  const std::size_t equals = setting.find('=');
  if (equals == std::string_view::npos) refuse("has a setting without a value", text);
  const std::string_view key = setting.substr(0, equals);
  std::optional<float>* const targets[] = {&spelling.magnitude, &spelling.u, &spelling.v};
  const auto found = std::ranges::find(kKeys, key);
  if (found == std::end(kKeys)) {
    throw UsageError(unknown_name("setting of a step", key, kKeys) + ": " + std::string(text));
  }
  std::optional<float>& target = *targets[found - std::begin(kKeys)];
  if (target) refuse("has a setting twice", text);
  target = number_of(setting.substr(equals + 1), text);
}

Spelling spelling_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  Spelling spelling{.name = text.substr(0, colon)};
  if (colon == std::string_view::npos) return spelling;
  std::string_view settings = text.substr(colon + 1);
  for (;;) {
    const std::size_t comma = settings.find(',');
    read_setting(settings.substr(0, comma), spelling, text);
    if (comma == std::string_view::npos) return spelling;
    settings.remove_prefix(comma + 1);
  }
}

Step step_of(std::string_view text, std::span<const Op> ops) {
  const Spelling spelling = spelling_of(text);
  const std::uint16_t number = op_number(ops, spelling.name);
  const Domain domain = ops[number].domain;
  // Where a magnitude can change nothing, leaving it out would say too little.
  if (!spelling.magnitude && ops[number].neutral) refuse("needs a magnitude", text);
  const Step step{.op = number,
                  .magnitude = spelling.magnitude.value_or(ops[number].range.at_zero),
                  .u = spelling.u.value_or(0.5F),
                  .v = spelling.v.value_or(0.5F)};
  if (!domain.contains(step.magnitude)) {
    refuse("has a magnitude outside " + number_text(domain.low) + " to " + number_text(domain.high),
           text);
  }
  for (const float draw : {step.u, step.v}) {
    if (!(draw >= 0 && draw < 1)) refuse("has u or v outside [0, 1)", text);
  }
  return step;
}

class Fixed final : public Policy {
 public:
  explicit Fixed(const Plan& plan) : plan_(plan) {}

  void choose(const Group&, std::span<Plan> plans) const override {
    std::ranges::fill(plans, plan_);
  }

 private:
  Plan plan_;
};

std::shared_ptr<const Policy> make(const FixedOptions& options, std::span<const Op> ops) {
  if (options.steps.size() > Plan::kCapacity) {
    throw UsageError("too many steps: expected at most " + std::to_string(Plan::kCapacity) +
                     ", found " + std::to_string(options.steps.size()));
  }
  Plan plan;
  for (const std::string& text : options.steps) plan.steps[plan.count++] = step_of(text, ops);
  return std::make_shared<Fixed>(plan);
}

}  // namespace

PolicyEntry fixed_policy() { return catalog_entry("fixed", "The same steps for every view", make); }

}  // namespace inflow
