#include <array>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "inflow/ops/view.hpp"
#include "inflow/ops/view/detail/check.hpp"
#include "inflow/ops/view/detail/description.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

// Makes one object of what describe() visits. A float is written as the double of the same value.
class Writer {
 public:
  explicit Writer(std::span<const Op> ops) : ops_(ops) {}

  Json write(const auto& value) const {
    Writer section(ops_);
    ops::describe(section, value);
    return std::move(section.object_);
  }

  void operator()(const char* name, const auto& value, ops::Limits) { object_[name] = form(value); }

  void added(const char* name, const auto& value, ops::Limits limits) {
    (*this)(name, value, limits);
  }

  void op(const char* name, std::uint16_t number) { object_[name] = ops_[number].name; }

 private:
  Json form(const auto& value) const {
    using T = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_enum_v<T>) {
      return ops::names_of(value)[static_cast<std::size_t>(value)];
    } else if constexpr (std::is_arithmetic_v<T>) {
      return value;
    } else {
      return write(value);
    }
  }

  template <class T>
  Json list(std::span<const T> values) const {
    Json all = Json::array();
    for (const T& value : values) all.push_back(form(value));
    return all;
  }

  template <class T, std::size_t Count>
  Json form(const std::array<T, Count>& values) const {
    return list(std::span<const T>(values));
  }

  template <class T>
  Json form(const std::optional<T>& value) const {
    return value ? form(*value) : Json();
  }

  Json form(const Plan& plan) const {
    return plan.is_mixture() ? mixture(plan) : list(plan.chosen());
  }

  Json mixture(const Plan& plan) const {
    Json chains = Json::array();
    std::span<const Step> left = plan.chosen();
    for (const Chain& chain : plan.mixed()) {
      chains.push_back({{"weight", chain.weight}, {"steps", list(left.first(chain.count))}});
      left = left.subspan(chain.count);
    }
    return {{"untouched", plan.untouched}, {"chains", std::move(chains)}};
  }

  std::span<const Op> ops_;
  Json object_ = Json::object();
};

}  // namespace

std::string to_json(const DrawnView& view, std::span<const Op> ops) {
  ops::check(view, ops);
  return Writer(ops).write(view).dump();
}

}  // namespace inflow
