#include <array>
#include <charconv>
#include <cmath>
#include <concepts>

#include <nlohmann/json.hpp>

#include "inflow/ops/detail/bytes.hpp"
#include "inflow/ops/options.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

// The double whose shortest decimal form is that of the float, so that 0.1F is written 0.1. Where
// reading that as a double and rounding again would miss the float (7.038531e-26 is one), its exact
// value.
double as_written(float number) {
  std::array<char, 32> buffer{};
  const char* const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  double shortest = 0;
  std::from_chars(buffer.data(), end, shortest);
  return static_cast<float>(shortest) == number ? shortest : static_cast<double>(number);
}

std::string text(const Json& json) {
  try {
    return json.dump();
  } catch (const Json::type_error&) {
    throw UsageError("setting must be UTF-8 text: " +
                     json.dump(-1, ' ', true, Json::error_handler_t::replace));
  }
}

// The value of one option as JSON.
class Writer {
 public:
  static Json section(std::span<const Option> members) {
    Json object = Json::object();
    add_members(object, members);
    return object;
  }

 private:
  static void add_members(Json& object, std::span<const Option> members) {
    for (const Option& member : members) {
      const auto* const part = std::get_if<PartOptions*>(&member.target);
      if (part != nullptr && (*part)->type.empty()) continue;  // not chosen yet
      object[member.name] =
          std::visit([&](const auto& target) { return write(member, target); }, member.target);
    }
  }

  template <std::integral T>
  static Json write(const Option& /*option*/, T* from) {
    return *from;
  }

  static Json write(const Option& option, float* from) { return number(option, as_written(*from)); }

  static Json write(const Option& option, const double* from) { return number(option, *from); }

  static Json number(const Option& option, double value) {
    if (!std::isfinite(value)) throw UsageError("option must be a finite number: " + option.name);
    return value;
  }

  static Json write(const Option& option, std::string* from) {
    Json text = *from;
    try {
      static_cast<void>(text.dump());
    } catch (const Json::type_error&) {
      throw UsageError("option must be UTF-8 text: " + option.name);
    }
    return text;
  }

  static Json write(const Option& option, std::array<float, 3>* from) {
    return list(option, *from);
  }

  template <class T>
  static Json write(const Option& option, std::vector<T>* from) {
    return list(option, *from);
  }

  static Json list(const Option& option, auto& from) {
    Json values = Json::array();
    for (auto& element : from) values.push_back(write(option, &element));
    return values;
  }

  static Json write(const Option& option, PerView* from) {
    const std::span<const double> values = from->values();
    return values.size() == 1 ? number(option, values.front()) : list(option, values);
  }

  static Json write(const Option& /*option*/, Bytes* from) { return detail::bytes_text(*from); }

  static Json write(const Option& option, const EnumTarget& target) {
    return option.names[target.get()];
  }

  static Json write(const Option& option, const SectionTarget& /*target*/) {
    return section(option.members);
  }

  static Json write(const Option& option, PartOptions* part) {
    Json object = Json::object();
    object[std::string(option.choices.selector)] = part->type;
    add_members(object, part->options.describe());
    add_members(object, option.members);
    return object;
  }

  static Json write(const Option& /*option*/, const PartListTarget& from) {
    Json parts = Json::array();
    for (std::size_t i = 0; i < from.size(); ++i) {
      const Option element = from.at(i);
      parts.push_back(write(element, std::get<PartOptions*>(element.target)));
    }
    return parts;
  }
};

}  // namespace

SettingValue::SettingValue(bool value) : json_(Json(value).dump()) {}
SettingValue::SettingValue(int value) : json_(Json(value).dump()) {}
SettingValue::SettingValue(std::int64_t value) : json_(Json(value).dump()) {}
SettingValue::SettingValue(std::uint64_t value) : json_(Json(value).dump()) {}
SettingValue::SettingValue(double value) : json_(Json(value).dump()) {}
SettingValue::SettingValue(const char* value) : json_(text(value)) {}
SettingValue::SettingValue(const std::string& value) : json_(text(value)) {}
SettingValue::SettingValue(const std::vector<int>& values) : json_(Json(values).dump()) {}
SettingValue::SettingValue(const std::vector<double>& values) : json_(Json(values).dump()) {}
SettingValue::SettingValue(const std::vector<std::string>& values) : json_(text(values)) {}
SettingValue::SettingValue(std::initializer_list<double> values)
    : SettingValue(std::vector<double>(values)) {}
SettingValue::SettingValue(std::initializer_list<const char*> values)
    : SettingValue(std::vector<std::string>(values.begin(), values.end())) {}

SettingValue::SettingValue(std::initializer_list<Setting> section) {
  // Keys that are given twice are for the reader to find.
  for (const Setting& setting : section) {
    json_.append(json_.empty() ? "{" : ",").append(text(setting.key)).append(":");
    json_.append(setting.value.json());
  }
  json_.append(json_.empty() ? "{}" : "}");
}

std::string to_json(std::vector<Option> options) { return Writer::section(options).dump(); }

}  // namespace inflow
