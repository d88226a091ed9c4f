#include <algorithm>
#include <cmath>
#include <concepts>
#include <iterator>
#include <limits>

#include <nlohmann/json.hpp>

#include "inflow/ops/options.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

bool must_be_set(const Option& option) {
  if (const auto* const part = std::get_if<PartOptions*>(&option.target)) {
    return (*part)->type.empty() || std::ranges::any_of((*part)->options.describe(), must_be_set);
  }
  return std::ranges::any_of(option.members, must_be_set);
}

// Schemas of options. Those of parts are collected on the way, once each, so that a part which may
// hold parts of its own kind has a finite schema.
class SchemaWriter {
 public:
  Json section(std::span<const Option> members) { return section(members, Json::object()); }

  Json take_definitions() { return std::move(definitions_); }

 private:
  // A section of `members` and of the keys that `properties` has already.
  Json section(std::span<const Option> members, Json properties) {
    Json required = Json::array();
    for (const Option& member : members) {
      Json schema =
          std::visit([&](const auto& target) { return write(member, target); }, member.target);
      schema["description"] = member.sentence;
      properties[member.name] = std::move(schema);
      if (must_be_set(member)) required.push_back(member.name);
    }
    Json schema{
        {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
  }

  static Json default_of(const Option& option) {
    return Json::parse(to_json({option}))[option.name];
  }

  static Json with_default(Json schema, const Option& option) {
    schema["default"] = default_of(option);
    return schema;
  }

  template <std::floating_point T>
  static Json number(Between range) {
    Json schema{{"type", "number"}};
    if (range.low == kPositive.low) {
      schema["exclusiveMinimum"] = 0;
    } else if (std::isfinite(range.low)) {
      schema["minimum"] = range.low;
    }
    if (std::isfinite(range.high)) schema["maximum"] = range.high;
    return schema;
  }

  template <std::integral T>
  static Json number(Between range) {
    using Limits = std::numeric_limits<T>;
    const bool low_by_type = range.low < static_cast<double>(Limits::min());
    const bool high_by_type = range.high >= static_cast<double>(Limits::max());
    const T low = low_by_type ? Limits::min() : static_cast<T>(std::ceil(range.low));
    const T high = high_by_type ? Limits::max() : static_cast<T>(std::floor(range.high));
    return {{"type", "integer"}, {"minimum", low}, {"maximum", high}};
  }

  template <class T>
  requires std::is_arithmetic_v<T>
  static Json write(const Option& option, T* /*value*/) {
    return with_default(number<T>(option.range), option);
  }

  static Json write(const Option& option, bool* /*value*/) {
    return with_default({{"type", "boolean"}}, option);
  }

  static Json write(const Option& option, std::string* /*value*/) {
    return with_default({{"type", "string"}}, option);
  }

  static Json write(const Option& option, std::array<float, 3>* value) {
    return with_default({{"type", "array"},
                         {"items", number<float>(option.range)},
                         {"minItems", value->size()},
                         {"maxItems", value->size()}},
                        option);
  }

  template <class T>
  static Json write(const Option& option, std::vector<T>* /*value*/) {
    return with_default({{"type", "array"}, {"items", number<T>(option.range)}}, option);
  }

  static Json write(const Option& option, PerView* /*value*/) {
    const Json one = number<double>(option.range);
    const Json each{{"type", "array"}, {"items", one}, {"minItems", 1}};
    return with_default({{"anyOf", Json::array({one, each})}}, option);
  }

  static Json write(const Option& option, std::vector<std::string>* /*value*/) {
    return with_default({{"type", "array"}, {"items", {{"type", "string"}}}}, option);
  }

  static Json write(const Option& option, Bytes* /*value*/) {
    const Json with_unit{{"type", "string"}, {"pattern", "^[0-9]+ ?(B|kB|[MGT]B|[KMGT]iB)$"}};
    return with_default({{"anyOf", Json::array({number<std::uint64_t>(option.range), with_unit})}},
                        option);
  }

  static Json write(const Option& option, const EnumTarget& /*target*/) {
    return with_default({{"enum", option.names}}, option);
  }

  Json write(const Option& option, const SectionTarget& /*target*/) {
    return section(option.members);
  }

  // Without a selector the section is about the present type.
  Json write(const Option& option, PartOptions* part) {
    const std::string reference = define(option.choices, option.members);
    if (part->type.empty()) return {{"$ref", reference}};
    return with_default({{"if", {{"required", {option.choices.selector}}}},
                         {"then", {{"$ref", reference}}},
                         {"else", {{"$ref", reference + "." + part->type}}}},
                        option);
  }

  // Every element must name its type.
  Json write(const Option& option, const PartListTarget& parts) {
    AnyOptions beside = parts.beside;
    const Json items{{"$ref", define(option.choices, beside.describe())}};
    return with_default({{"type", "array"}, {"items", items}}, option);
  }

  // Where the schema of such a part stands, written now unless it was or is being written. The keys
  // `beside` those of its type are always the same for one `thing`.
  std::string define(const PartChoices& choices, std::span<const Option> beside) {
    std::string name(choices.thing);
    std::ranges::replace(name, ' ', '_');
    std::string reference = "#/$defs/" + name;
    if (definitions_.contains(name)) return reference;
    const std::vector<PartChoice> all = choices.all();
    const std::string selector(choices.selector);
    Json named = Json::array();
    for (const PartChoice& choice : all) {
      named.push_back({{"$ref", reference + "." + std::string(choice.name)}});
    }
    definitions_[name] = {
        {"type", "object"}, {"required", {selector}}, {"oneOf", std::move(named)}};
    for (const PartChoice& choice : all) {
      AnyOptions defaults = choice.defaults;
      std::vector<Option> members = defaults.describe();
      std::ranges::copy(beside, std::back_inserter(members));
      Json schema = section(members, Json{{selector, {{"const", choice.name}}}});
      schema["description"] = choice.summary;
      definitions_[name + "." + std::string(choice.name)] = std::move(schema);
    }
    return reference;
  }

  Json definitions_ = Json::object();
};

}  // namespace

std::string schema_json(std::string_view title, std::vector<Option> options) {
  SchemaWriter writer;
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
  schema.update(writer.section(options));
  Json definitions = writer.take_definitions();
  if (!definitions.empty()) schema["$defs"] = std::move(definitions);
  return schema.dump(2);
}

}  // namespace inflow
