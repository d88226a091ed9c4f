#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "inflow/pipeline/settings.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

// Whether any reader of YAML, also an old one to which yes is a boolean, takes the bare word for
// text.
bool is_plain_text(const std::string& text) {
  constexpr std::array<std::string_view, 9> kWords{"null", "true", "false", "yes", "no",
                                                   "on",   "off",  "y",     "n"};
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '/'; };
  const auto is_inner = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, is_inner) &&
         std::ranges::find(kWords, text) == kWords.end();
}

std::string flow_text(const Json& value) {
  if (value.is_string() && is_plain_text(value.get<std::string>())) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text = "[";
  for (const Json& element : value) {
    if (text.size() > 1) text += ", ";
    text += flow_text(element);
  }
  text += "]";
  return text;
}

bool is_list_of_sections(const Json& value) {
  return value.is_array() && !value.empty() && value.front().is_object();
}

void write_section(std::string& text, const Json& section, const std::string& indent) {
  for (const auto& [key, value] : section.items()) {
    text += indent + key + ":";
    if (value.is_object() && !value.empty()) {
      text += "\n";
      write_section(text, value, indent + "  ");
    } else if (is_list_of_sections(value)) {
      text += "\n";
      for (const Json& element : value) {
        const std::size_t dash = text.size() + indent.size() + 2;
        write_section(text, element, indent + "    ");
        text[dash] = '-';
      }
    } else {
      text.append(" ").append(flow_text(value)).append("\n");
    }
  }
}

}  // namespace

std::string to_yaml(std::vector<Option> options) {
  const Json values = Json::parse(to_json(std::move(options)));
  std::string text;
  write_section(text, values, "");
  return values.empty() ? "{}\n" : text;
}

}  // namespace inflow
