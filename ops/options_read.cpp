#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "inflow/ops/detail/bytes.hpp"
#include "inflow/ops/options.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

// Deeper than any description reaches, and far from the end of the stack.
constexpr int kDeepest = 64;

std::string below(const std::string& where, std::string_view key) {
  return where.empty() ? std::string(key) : where + "." + std::string(key);
}

std::string element_of(const std::string& where, std::size_t index) {
  return where + "[" + std::to_string(index) + "]";
}

std::string joined(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

std::string found_text(const Json& value) {
  if (value.is_null()) return "nothing";
  if (value.is_object()) return "a section";
  if (value.is_array()) return "a list of " + std::to_string(value.size());
  return value.dump();
}

// Shortest decimal form; whole numbers without exponent.
std::string number_text(double number) {
  if (number == std::trunc(number) && std::abs(number) < 1e15) {
    return std::to_string(static_cast<std::int64_t>(number));
  }
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

// Text of a bound; empty if there is none.
std::string bound_text(double bound) { return std::isfinite(bound) ? number_text(bound) : ""; }

// `article noun` within bounds that may be empty.
std::string bounded_text(std::string_view article, std::string_view noun, bool positive,
                         const std::string& low, const std::string& high) {
  const std::string name(noun);
  std::string plain = std::string(article) + " " + name;
  if (positive) return high.empty() ? "a positive " + name : plain + " in (0, " + high + "]";
  if (low.empty() && high.empty()) return plain;
  if (high.empty()) return plain + " of at least " + low;
  if (low.empty()) return plain + " of at most " + high;
  return plain + " in [" + low + ", " + high + "]";
}

bool is_positive(Between range) { return range.low == kPositive.low; }

bool within(Between range, double number) { return number >= range.low && number <= range.high; }

std::string number_expected(std::string_view noun, Between range) {
  return bounded_text("a", noun, is_positive(range), bound_text(range.low), bound_text(range.high));
}

template <std::integral T>
bool fits(const Json& integer) {
  return integer.is_number_unsigned() ? std::in_range<T>(integer.get<std::uint64_t>())
                                      : std::in_range<T>(integer.get<std::int64_t>());
}

// The bounds of T are named only where a number broke them.
template <std::integral T>
std::string integer_expected(Between range, bool name_limits) {
  using Limits = std::numeric_limits<T>;
  std::string low = bound_text(range.low);
  std::string high = bound_text(range.high);
  const bool low_by_type = range.low < static_cast<double>(Limits::min());
  const bool high_by_type = range.high > static_cast<double>(Limits::max());
  if (low_by_type && (name_limits || std::unsigned_integral<T>))
    low = std::to_string(Limits::min());
  if (high_by_type && name_limits) high = std::to_string(Limits::max());
  return bounded_text("an", "integer", is_positive(range), low, high);
}

// Walks values and description side by side, sets what is right and notes what is not.
class Reader {
 public:
  // `selector` is a key of `object` that has been dealt with, or empty.
  void read_section(const std::string& where, const Json& object, std::span<Option> members,
                    std::string_view selector) {
    std::vector<std::string_view> known;
    if (!selector.empty()) known.push_back(selector);
    for (const Option& member : members) known.push_back(member.name);
    for (const auto& [key, value] : object.items()) {
      if (std::ranges::find(known, key) == known.end()) {
        problems_.push_back({below(where, key), unknown_name("key", key, known)});
      }
    }
    for (Option& member : members) read_member(below(where, member.name), object, member);
  }

  void expected(const std::string& where, const std::string& what, const Json& found) {
    problems_.push_back({where, "expected " + what + ", found: " + found_text(found)});
  }

  std::vector<Problem> take() { return std::move(problems_); }

 private:
  void read_member(const std::string& where, const Json& object, Option& member) {
    const auto found = object.find(member.name);
    if (found != object.end()) {
      std::visit([&](auto& target) { read(where, *found, member, target); }, member.target);
      return;
    }
    // What is not mentioned may still lack a part that must be named.
    const Json nothing = Json::object();
    if (std::holds_alternative<SectionTarget>(member.target))
      read_section(where, nothing, member.members, "");
    if (auto* const part = std::get_if<PartOptions*>(&member.target))
      read(where, nothing, member, *part);
  }

  void read(const std::string& where, const Json& value, const Option& /*option*/, bool* into) {
    if (!value.is_boolean()) return expected(where, "true or false", value);
    *into = value.get<bool>();
  }

  template <std::integral T>
  void read(const std::string& where, const Json& value, const Option& option, T* into) {
    const bool too_wide = value.is_number_integer() && !fits<T>(value);
    if (!value.is_number_integer() || too_wide || !within(option.range, value.get<double>())) {
      return expected(where, integer_expected<T>(option.range, too_wide), value);
    }
    *into = value.get<T>();
  }

  template <std::floating_point T>
  void read(const std::string& where, const Json& value, const Option& option, T* into) {
    if (!value.is_number() || !within(option.range, value.get<double>())) {
      return expected(where, number_expected("number", option.range), value);
    }
    const double wide = value.get<double>();
    const auto number = static_cast<T>(wide);
    const bool lost = !std::isfinite(number) || (number == 0 && wide != 0);
    if (lost)
      return expected(
          where, "a number that a " + std::to_string(8 * sizeof(T)) + "-bit float can hold", value);
    *into = number;
  }

  void read(const std::string& where, const Json& value, const Option& /*option*/,
            std::string* into) {
    if (value.is_string()) {
      *into = value.get<std::string>();
      return;
    }
    expected(where, "text", value);
    if (value.is_number() || value.is_boolean()) problems_.back().what += " (put it in quotes)";
  }

  void read(const std::string& where, const Json& value, const Option& option,
            std::array<float, 3>* into) {
    if (!value.is_array() || value.size() != into->size())
      return expected(where, "a list of 3 numbers", value);
    read_elements(where, value, option, *into);
  }

  template <class T>
  void read(const std::string& where, const Json& value, const Option& option,
            std::vector<T>* into) {
    if (!value.is_array()) return expected(where, "a list", value);
    into->assign(value.size(), T{});
    read_elements(where, value, option, *into);
  }

  void read_elements(const std::string& where, const Json& list, const Option& option, auto& into) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      read(element_of(where, i), list[i], option, &into[i]);
    }
  }

  void read(const std::string& where, const Json& value, const Option& option, PerView* into) {
    if (value.is_array() && value.empty()) {
      return expected(where, number_expected("number", option.range) + " or a list of them", value);
    }
    std::vector<double> values(value.is_array() ? value.size() : 1);
    if (value.is_array()) {
      read_elements(where, value, option, values);
    } else {
      read(where, value, option, values.data());
    }
    *into = std::move(values);
  }

  void read(const std::string& where, const Json& value, const Option& option, Bytes* into) {
    std::optional<Bytes> amount;
    if (value.is_number_unsigned()) amount = Bytes{value.get<std::uint64_t>()};
    if (value.is_string()) amount = detail::parsed_bytes(value.get<std::string>());
    if (!amount) return expected(where, "an amount of memory such as 512MiB", value);
    if (!within(option.range, static_cast<double>(amount->count))) {
      return expected(where, number_expected("number of bytes", option.range), value);
    }
    *into = *amount;
  }

  void read(const std::string& where, const Json& value, const Option& option,
            const EnumTarget& target) {
    if (!value.is_string()) return expected(where, "one of " + joined(option.names), value);
    const auto name = value.get<std::string>();
    const auto found = std::ranges::find(option.names, name);
    if (found == option.names.end()) {
      problems_.push_back({where, unknown_name("value", name, option.names)});
    } else {
      target.set(static_cast<std::size_t>(found - option.names.begin()));
    }
  }

  void read(const std::string& where, const Json& value, Option& option,
            SectionTarget& /*target*/) {
    if (!value.is_object()) return expected(where, "a section", value);
    read_section(where, value, option.members, "");
  }

  void read(const std::string& where, const Json& value, const Option& option, PartOptions* part) {
    if (!value.is_object()) return expected(where, "a section", value);
    if (!choose(where, value, option.choices, *part)) return;
    std::vector<Option> members = part->options.describe();
    std::ranges::copy(option.members, std::back_inserter(members));
    read_section(where, value, members, option.choices.selector);
  }

  void read(const std::string& where, const Json& value, const Option& /*option*/,
            const PartListTarget& into) {
    if (!value.is_array()) return expected(where, "a list", value);
    into.resize(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
      const Option element = into.at(i);
      read(element_of(where, i), value[i], element, std::get<PartOptions*>(element.target));
    }
  }

  // Makes `part` the choice that `object` names, with that choice's defaults unless it was so
  // already.
  bool choose(const std::string& where, const Json& object, const PartChoices& choices,
              PartOptions& part) {
    const auto selector = object.find(std::string(choices.selector));
    if (selector == object.end() && !part.type.empty()) return true;
    const std::vector<PartChoice> all = choices.all();
    std::vector<std::string_view> names(all.size());
    std::ranges::transform(all, names.begin(), &PartChoice::name);
    const std::string key = below(where, choices.selector);
    if (selector == object.end() || !selector->is_string()) {
      expected(key, "one of " + joined(names), selector == object.end() ? Json() : *selector);
      return false;
    }
    const auto name = selector->get<std::string>();
    const auto chosen = std::ranges::find(all, name, &PartChoice::name);
    if (chosen == all.end()) {
      problems_.push_back({key, unknown_name(choices.thing, name, names)});
      return false;
    }
    if (part.type != name) part = {.type = name, .options = chosen->defaults};
    return true;
  }

  std::vector<Problem> problems_;
};

// Parses and notes the keys an object has twice, of which the parser itself keeps the last.
class Parser {
 public:
  // Empty, with a problem noted, if `text` is not JSON or is nested too deeply.
  std::optional<Json> parse(std::string_view text) {
    try {
      Json root =
          Json::parse(text, [this](int depth, Json::parse_event_t event, const Json& parsed) {
            too_deep_ = too_deep_ || depth > kDeepest;
            see(event, parsed);
            return true;
          });
      if (!too_deep_) return root;
      problems_.push_back(
          {"", "nested too deeply: more than " + std::to_string(kDeepest) + " levels"});
    } catch (const Json::parse_error& error) {
      problems_.push_back({"", "not valid JSON at byte " + std::to_string(error.byte)});
    } catch (const Json::out_of_range&) {
      problems_.push_back({"", "not valid JSON: a number is too large"});
    }
    return {};
  }

  std::vector<Problem> take() { return std::move(problems_); }

 private:
  struct Level {
    bool list = false;
    std::size_t index = 0;  // of the element to come
    std::string key{};
    std::set<std::string> keys{};
  };

  void see(Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_end || event == Event::array_end) {
      levels_.pop_back();
      finish_element();
    } else if (event == Event::value) {
      finish_element();
    } else if (event == Event::key) {
      levels_.back().key = parsed.get<std::string>();
      if (!levels_.back().keys.insert(levels_.back().key).second)
        problems_.push_back({path(), "given twice"});
    } else {
      levels_.push_back({.list = event == Event::array_start});
    }
  }

  void finish_element() {
    if (!levels_.empty()) ++levels_.back().index;
  }

  std::string path() const {
    std::string where;
    for (const Level& level : levels_) {
      where = level.list ? element_of(where, level.index) : below(where, level.key);
    }
    return where;
  }

  bool too_deep_ = false;
  std::vector<Level> levels_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> read_json(std::string_view json, std::vector<Option> into) {
  Parser parser;
  const std::optional<Json> root = parser.parse(json);
  std::vector<Problem> problems = parser.take();
  if (!root) return problems;
  Reader reader;
  if (root->is_object()) {
    reader.read_section("", *root, into, "");
  } else {
    reader.expected("", "a section", *root);
  }
  for (Problem& problem : reader.take()) problems.push_back(std::move(problem));
  return problems;
}

}  // namespace inflow
