#pragma once

#include <algorithm>
#include <array>
#include <regex>
#include <stdexcept>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace inflow::support {

// Checks values against a JSON Schema (draft 2020-12), as far as our schemas use it: a keyword it
// does not know throws.
class JsonSchema {
 public:
  using Json = nlohmann::json;

  explicit JsonSchema(Json root) : root_(std::move(root)) {}

  bool accepts(const Json& value) const { return accepts(root_, value); }

  // Whether every "default" in it, at any depth, is accepted by the schema it stands in.
  bool accepts_its_defaults() const { return accepts_defaults(root_); }

 private:
  bool accepts(const Json& schema, const Json& value) const {
    if (schema.is_boolean()) return schema.get<bool>();
    return std::ranges::all_of(schema.items(), [&](const auto& item) {
      return keyword_accepts(item.key(), item.value(), schema, value);
    });
  }

  bool keyword_accepts(const std::string& keyword, const Json& is, const Json& schema,
                       const Json& value) const {
    const auto matches = [&](const Json& sub) { return accepts(sub, value); };
    if (keyword == "type") return is_of_type(is, value);
    if (keyword == "enum") return std::ranges::find(is, value) != is.end();
    if (keyword == "const") return value == is;
    if (keyword == "oneOf") return std::ranges::count_if(is, matches) == 1;
    if (keyword == "anyOf") return std::ranges::any_of(is, matches);
    if (keyword == "if") return accepts(schema.at(matches(is) ? "then" : "else"), value);
    if (keyword == "$ref")
      return matches(root_.at(Json::json_pointer(is.get<std::string>().substr(1))));
    if (keyword == "minimum") return !value.is_number() || value >= is;
    if (keyword == "maximum") return !value.is_number() || value <= is;
    if (keyword == "exclusiveMinimum") return !value.is_number() || value > is;
    if (keyword == "minItems") return !value.is_array() || value.size() >= is.get<std::size_t>();
    if (keyword == "maxItems") return !value.is_array() || value.size() <= is.get<std::size_t>();
    if (keyword == "pattern") {
      return !value.is_string() ||
             std::regex_search(value.get<std::string>(), std::regex(is.get<std::string>()));
    }
    if (keyword == "items") {
      return !value.is_array() ||
             std::ranges::all_of(value, [&](const Json& element) { return accepts(is, element); });
    }
    if (keyword == "required") {
      return !value.is_object() || std::ranges::all_of(is, [&](const Json& key) {
        return value.contains(key.get<std::string>());
      });
    }
    if (keyword == "properties") {
      return !value.is_object() || std::ranges::all_of(is.items(), [&](const auto& property) {
        return !value.contains(property.key()) ||
               accepts(property.value(), value.at(property.key()));
      });
    }
    if (keyword == "additionalProperties") {
      return is != false || !value.is_object() ||
             std::ranges::all_of(value.items(), [&](const auto& member) {
               return schema.at("properties").contains(member.key());
             });
    }
    constexpr std::array kOthers{"$schema", "title", "$defs", "description",
                                 "default", "then",  "else"};
    if (std::ranges::find(kOthers, keyword) == kOthers.end())
      throw std::logic_error("keyword " + keyword);
    return true;
  }

  static bool is_of_type(const std::string& type, const Json& value) {
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "boolean") return value.is_boolean();
    if (type == "string") return value.is_string();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    throw std::logic_error("type " + type);
  }

  bool accepts_defaults(const Json& schema) const {
    if (!schema.is_structured()) return true;
    if (schema.is_object() && schema.contains("default") && !accepts(schema, schema.at("default")))
      return false;
    return std::ranges::all_of(schema, [&](const Json& sub) { return accepts_defaults(sub); });
  }

  Json root_;
};

}  // namespace inflow::support
