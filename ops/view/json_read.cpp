#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"
#include "inflow/ops/view.hpp"
#include "inflow/ops/view/detail/check.hpp"
#include "inflow/ops/view/detail/description.hpp"

namespace inflow {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& where, const std::string& expected, const Json& found) {
  ops::refuse_view(where, expected, found.dump(-1, ' ', true, Json::error_handler_t::replace));
}

constexpr ops::Limits kWeight{0, 1};

// Reads the members of one object that describe() visits; `where` is its dotted key.
class Reader {
 public:
  Reader(const Json& object, std::string where, std::span<const Op> ops)
      : object_(object), where_(std::move(where)), ops_(ops) {
    if (!object_.is_object()) refuse(where_.empty() ? "it" : where_, "an object", object_);
  }

  // Every key must be one of those described.
  void read(auto& value) {
    ops::describe(*this, value);
    refuse_other_keys();
  }

  void operator()(const char* name, auto& value, ops::Limits limits) {
    read_value(member(name), key_of(name), value, limits);
  }

  void added(const char* name, auto& value, ops::Limits limits) {
    if (object_.contains(name)) return (*this)(name, value, limits);
    known_.emplace_back(name);
  }

  void op(const char* name, std::uint16_t& number) {
    const Json& found = member(name);
    if (!found.is_string()) refuse(key_of(name), "the name of an op", found);
    try {
      number = op_number(ops_, found.get_ref<const std::string&>());
    } catch (const UsageError& error) {
      throw UsageError("drawn view: " + key_of(name) + ": " + error.what());
    }
  }

 private:
  void read_mixture(Plan& plan) {
    (*this)("untouched", plan.untouched, kWeight);
    const Json& chains = member("chains");
    if (!chains.is_array() || chains.empty() || chains.size() > Plan::kChains) {
      refuse(key_of("chains"), "a list of 1 to " + std::to_string(Plan::kChains) + " chains",
             chains);
    }
    for (const Json& chain : chains) {
      const std::string at = key_of("chains") + "[" + std::to_string(plan.chain_count) + "]";
      Reader(chain, at, ops_).read_chain(plan);
    }
    refuse_other_keys();
  }

  // Appends one chain and its steps to those that `plan` has.
  void read_chain(Plan& plan) {
    Chain& chain = plan.chains[plan.chain_count++];
    (*this)("weight", chain.weight, kWeight);
    const std::span<Step> left = std::span(plan.steps).subspan(plan.count);
    chain.count = read_steps(member("steps"), key_of("steps"), left);
    plan.count = static_cast<std::uint8_t>(plan.count + chain.count);
    refuse_other_keys();
  }

  void refuse_other_keys() const {
    for (const auto& entry : object_.items()) {
      if (std::ranges::find(known_, entry.key()) == known_.end()) {
        const std::string thing = where_.empty() ? "key" : "key of " + where_;
        throw UsageError("drawn view: " + unknown_name(thing, entry.key(), known_));
      }
    }
  }

  const Json& member(const char* name) {
    known_.emplace_back(name);
    const auto found = object_.find(name);
    if (found == object_.end()) throw UsageError("drawn view lacks a key: " + key_of(name));
    return *found;
  }

  std::string key_of(std::string_view name) const {
    return where_.empty() ? std::string(name) : where_ + "." + std::string(name);
  }

  void read_value(const Json& found, const std::string& where, auto& value,
                  ops::Limits limits) const {
    using T = std::remove_reference_t<decltype(value)>;
    if constexpr (std::same_as<T, bool>) {
      if (!found.is_boolean()) refuse(where, "true or false", found);
      value = found.get<bool>();
    } else if constexpr (std::is_enum_v<T>) {
      read_name(found, where, value);
    } else if constexpr (std::is_arithmetic_v<T>) {
      read_number(found, where, value, limits);
    } else {
      Reader(found, where, ops_).read(value);
    }
  }

  template <class T, std::size_t Count>
  void read_value(const Json& found, const std::string& where, std::array<T, Count>& values,
                  ops::Limits limits) const {
    if (!found.is_array() || found.size() != Count) {
      refuse(where, "a list of " + std::to_string(Count), found);
    }
    read_elements(found, where, std::span<T>(values), limits);
  }

  template <class T>
  void read_value(const Json& found, const std::string& where, std::optional<T>& value,
                  ops::Limits limits) const {
    if (!found.is_null()) read_value(found, where, value.emplace(), limits);
  }

  void read_value(const Json& found, const std::string& where, Plan& plan, ops::Limits) const {
    if (found.is_object()) return Reader(found, where, ops_).read_mixture(plan);
    plan.count = read_steps(found, where, std::span(plan.steps).first(Plan::kCapacity));
  }

  // Into the first places of `into`; returns how many there are.
  std::uint8_t read_steps(const Json& found, const std::string& where, std::span<Step> into) const {
    if (!found.is_array() || found.size() > into.size()) {
      refuse(where, "a list of at most " + std::to_string(into.size()) + " steps", found);
    }
    read_elements(found, where, into.first(found.size()), ops::kAnyNumber);
    return static_cast<std::uint8_t>(found.size());
  }

  template <class T>
  void read_elements(const Json& found, const std::string& where, std::span<T> values,
                     ops::Limits limits) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
      read_value(found[i], where + "[" + std::to_string(i) + "]", values[i], limits);
    }
  }

  static void read_name(const Json& found, const std::string& where, auto& value) {
    const std::span<const std::string_view> names = ops::names_of(value);
    const auto at = found.is_string()
                        ? std::ranges::find(names, found.get_ref<const std::string&>())
                        : names.end();
    if (at == names.end()) {
      std::string expected = "one of";
      for (const std::string_view name : names) expected.append(" ").append(name);
      refuse(where, expected, found);
    }
    value = static_cast<std::remove_reference_t<decltype(value)>>(at - names.begin());
  }

  template <class T>
  static void read_number(const Json& found, const std::string& where, T& value,
                          ops::Limits limits) {
    const bool fits = std::is_floating_point_v<T> ? found.is_number() : found.is_number_integer();
    const double number = fits ? found.get<double>() : 0;
    if (!fits || number < limits.low || number > limits.high) {
      refuse(where, ops::expected_number(std::is_integral_v<T>, limits), found);
    }
    value = found.get<T>();
  }

  const Json& object_;
  std::string where_;
  std::span<const Op> ops_;
  std::vector<std::string_view> known_;
};

// No view has more levels; deeper texts could not even be shown.
constexpr int kMostLevels = 16;

bool is_within_levels(int depth, Json::parse_event_t, const Json&) {
  if (depth > kMostLevels) throw UsageError("drawn view has too many levels of brackets");
  return true;
}

}  // namespace

DrawnView drawn_view_from_json(std::string_view json, std::span<const Op> ops) {
  const Json object = Json::parse(json, is_within_levels, /*allow_exceptions=*/false);
  if (object.is_discarded())
    throw UsageError("drawn view is not JSON: " + std::string(json.substr(0, 80)));
  DrawnView view;
  Reader(object, "", ops).read(view);
  inflow::ops::check(view, ops);
  return view;
}

}  // namespace inflow
