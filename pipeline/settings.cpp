#include "inflow/pipeline/settings.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>
#include <unistd.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/file.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kPrefix = "INFLOW_";

// Far more than settings need; aliases that contain themselves or one another end here.
constexpr int kDeepest = 64;
constexpr int kMostValues = 100'000;

std::string below(const std::string& where, std::string_view key) {
  return where.empty() ? std::string(key) : where + "." + std::string(key);
}

std::string element_of(const std::string& where, std::size_t index) {
  return where + "[" + std::to_string(index) + "]";
}

// What problems are reported at: run.yaml:3: views.size.
std::string below_origin(const std::string& origin, const std::string& where) {
  return origin + (origin.empty() || where.empty() ? "" : ": ") + where;
}

bool is_utf8(const std::string& text) {
  try {
    static_cast<void>(Json(text).dump());
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

template <class T>
std::optional<T> parsed(std::string_view text, auto... base) {
  T number{};
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, number, base...);
  if (result.ec != std::errc{} || result.ptr != end) return {};
  return number;
}

// Removes the digits at the start and returns how many there were.
std::size_t take_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(count);
  return count;
}

void take_sign(std::string_view& text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
}

bool is_decimal(std::string_view text) {
  take_sign(text);
  std::size_t digits = take_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits += take_digits(text);
  }
  if (digits == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    take_sign(text);
    if (take_digits(text) == 0) return false;
  }
  return text.empty();
}

// What an unquoted scalar means in YAML 1.2's core schema. JSON has no infinity and no NaN, so
// those, and numbers that no double can hold, stay text.
Json plain_value(const std::string& text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  std::string_view number = text;
  if (number.starts_with("0x") || number.starts_with("0o")) {
    const auto whole = parsed<std::uint64_t>(number.substr(2), number[1] == 'x' ? 16 : 8);
    return whole ? Json(*whole) : Json(text);
  }
  if (!is_decimal(number)) return text;
  if (number.starts_with('+')) number.remove_prefix(1);
  if (const auto whole = parsed<std::uint64_t>(number)) return *whole;
  if (const auto whole = parsed<std::int64_t>(number)) return *whole;
  if (const auto real = parsed<double>(number)) return *real;
  return text;
}

// Where the values of one layer come from: a file, whose lines count, or one assignment.
struct Origin {
  std::string name;
  bool has_lines = false;
  std::string at(const YAML::Mark& mark) const {
    return has_lines ? name + ":" + std::to_string(mark.line + 1) : name;
  }
};

// By dotted key: where its value was given.
using Origins = std::map<std::string, std::string>;

// Notes where a second document begins. yaml-cpp has two ways to load: one passes over all but the
// first document, the other never ends where a comma follows it.
class SecondDocument final : public YAML::EventHandler {
 public:
  explicit SecondDocument(const std::string& text) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (count_ < 2 && parser.HandleNextDocument(*this)) {
    }
  }

  const std::optional<YAML::Mark>& mark() const { return mark_; }

  void OnDocumentStart(const YAML::Mark&) override { ++count_; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { note(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { note(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string&) override {
    note(mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    note(mark);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    note(mark);
  }
  void OnMapEnd() override {}

 private:
  void note(const YAML::Mark& mark) {
    if (count_ == 2 && !mark_) mark_ = mark;
  }

  int count_ = 0;
  std::optional<YAML::Mark> mark_;
};

// Turns YAML into JSON and notes where each key stands.
class YamlReader {
 public:
  YamlReader(Origin origin, Origins& origins, std::vector<Problem>& problems)
      : origin_(std::move(origin)), origins_(origins), problems_(problems) {}

  // The value of the key `where`; nothing, with a problem noted, if `text` is not one YAML
  // document.
  std::optional<Json> read(const std::string& text, const std::string& where) {
    // A zero byte would have yaml-cpp take the text for UTF-16 or UTF-32.
    if (!is_utf8(text) || text.find('\0') != std::string::npos)
      return fail(origin_.name, "not UTF-8 text");
    try {
      if (const auto second = SecondDocument(text).mark())
        return fail(origin_.at(*second), "expected one YAML document, found: another");
      Json value = convert(YAML::Load(text), where, 0);
      if (count_ <= kMostValues && !too_deep_) return value;
      return fail(origin_.name, "nested too deeply or too many values");
    } catch (const YAML::Exception& error) {
      const std::string column =
          origin_.has_lines ? ":" + std::to_string(error.mark.column + 1) : "";
      return fail(origin_.at(error.mark) + column, "not valid YAML: " + error.msg);
    }
  }

 private:
  std::nullopt_t fail(std::string where, std::string what) {
    problems_.push_back({std::move(where), std::move(what)});
    return std::nullopt;
  }

  Json convert(const YAML::Node& node, const std::string& where, int depth) {
    too_deep_ = too_deep_ || depth > kDeepest;
    if (too_deep_ || ++count_ > kMostValues) return {};
    if (node.IsMap()) return convert_map(node, where, depth);
    if (node.IsSequence()) return convert_list(node, where, depth);
    if (node.IsNull()) return {};
    const std::string& tag = node.Tag();
    if (tag == "?" || tag.empty()) return plain_value(node.Scalar());
    if (tag != "!" && tag != "tag:yaml.org,2002:str") {
      fail(below_origin(origin_.at(node.Mark()), where), "unknown YAML tag: " + tag);
    }
    return node.Scalar();
  }

  Json convert_map(const YAML::Node& node, const std::string& where, int depth) {
    Json object = Json::object();
    for (const auto& entry : node) {
      const YAML::Node& key = entry.first;
      const std::string origin = origin_.at(key.Mark());
      if (!key.IsScalar()) {
        fail(origin, "expected a name as key");
        continue;
      }
      const std::string& name = key.Scalar();
      const std::string path = below(where, name);
      if (object.contains(name)) fail(below_origin(origin, path), "given twice");
      origins_[path] = origin;
      object[name] = convert(entry.second, path, depth + 1);
    }
    return object;
  }

  Json convert_list(const YAML::Node& node, const std::string& where, int depth) {
    Json list = Json::array();
    for (const YAML::Node& value : node) {
      const std::string path = element_of(where, list.size());
      origins_[path] = origin_.at(value.Mark());
      list.push_back(convert(value, path, depth + 1));
    }
    return list;
  }

  Origin origin_;
  Origins& origins_;
  std::vector<Problem>& problems_;
  bool too_deep_ = false;
  int count_ = 0;
};

void merge(Json& into, const Json& from) {
  if (!into.is_object() || !from.is_object()) {
    into = from;
    return;
  }
  for (const auto& [key, value] : from.items()) merge(into[key], value);
}

// `a.b[1].c` in parts: a, b, 1, c. Empty if it is not written like that.
std::vector<std::string> split_key(std::string_view key) {
  std::vector<std::string> parts(1);
  bool in_brackets = false;
  for (const char letter : key) {
    if (letter == '.' || letter == '[') {
      parts.emplace_back();
      in_brackets = letter == '[';
    } else if (letter == ']' && in_brackets) {
      in_brackets = false;
    } else {
      parts.back() += letter;
    }
  }
  if (in_brackets || std::ranges::any_of(parts, &std::string::empty)) return {};
  return parts;
}

// The keys of all sections; of parts, those of the present type.
void add_dotted_keys(std::vector<std::string>& keys, const std::string& where,
                     const std::vector<Option>& options) {
  for (const Option& option : options) {
    const std::string key = below(where, option.name);
    keys.push_back(key);
    add_dotted_keys(keys, key, option.members);
    if (const auto* const part = std::get_if<PartOptions*>(&option.target)) {
      keys.push_back(below(key, option.choices.selector));
      add_dotted_keys(keys, key, (*part)->options.describe());
    }
  }
}

// Lays one layer over the other.
class Layers {
 public:
  explicit Layers(std::vector<Option> options) : options_(std::move(options)) {
    add_dotted_keys(known_, "", options_);
  }

  void add_file(const std::filesystem::path& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
      throw InputError("settings file does not exist: " + path.string());
    }
    file_ = path.string();
    const auto root = YamlReader({file_, true}, origins_, problems_).read(read_file(path), "");
    // Without the file, what it would have set would only look wrong.
    if (!root) throw_if_any(kTitle, problems_);
    values_ = *root;
  }

  void add_variable(std::string_view variable) {
    if (!variable.starts_with(kPrefix)) return;
    const std::size_t equals = std::min(variable.find('='), variable.size());
    const std::string name(variable.substr(0, equals));
    std::string key;
    for (const char letter : name.substr(kPrefix.size())) {
      if (letter == '_' && key.ends_with('_')) {
        key.back() = '.';
      } else {
        key += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
      }
    }
    assign(key, std::string(variable.substr(std::min(equals + 1, variable.size()))), name);
  }

  void add_assignment(std::string_view assignment, const std::string& by) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string_view::npos) {
      problems_.push_back({by, "expected key=value, found: " + std::string(assignment)});
      return;
    }
    const std::string key(assignment.substr(0, equals));
    assign(key, std::string(assignment.substr(equals + 1)), by + " " + key);
  }

  void read() {
    for (const Problem& problem : read_json(values_.dump(), options_)) {
      problems_.push_back({below_origin(origin_of(problem.where), problem.where), problem.what});
    }
    throw_if_any(kTitle, problems_);
  }

 private:
  static constexpr std::string_view kTitle = "settings cannot be used";

  void assign(const std::string& key, const std::string& text, const std::string& origin) {
    const std::vector<std::string> parts = split_key(key);
    if (parts.empty() || !is_utf8(key)) {
      problems_.push_back({origin, "expected a key such as training.steps, found: " + key});
      return;
    }
    if (parts.size() == 1 && suggest(key, origin)) return;
    Json changed = values_;
    std::string where;
    Json* at = &changed;
    for (const std::string& part : parts) {
      at = step(*at, part, where, origin);
      if (at == nullptr) return;
    }
    const auto value = YamlReader({.name = origin}, origins_, problems_).read(text, where);
    if (!value) return;
    merge(*at, *value);
    origins_[where] = origin;
    values_ = std::move(changed);
  }

  // Notes a problem if `key` is no key at the top but nearly one further down: training_steps.
  bool suggest(const std::string& key, const std::string& origin) {
    const std::vector<std::string_view> known(known_.begin(), known_.end());
    const std::string_view nearest = nearest_name(key, known);
    if (nearest.find('.') == std::string_view::npos) return false;
    problems_.push_back({origin, unknown_name("key", key, known)});
    return true;
  }

  // One part of a key further; nothing, with a problem noted, if there is no such element.
  Json* step(Json& from, const std::string& part, std::string& where, const std::string& origin) {
    const auto index = parsed<std::size_t>(part);
    if (from.is_array() && index && *index < from.size()) {
      where = element_of(where, *index);
      return &from[*index];
    }
    if (from.is_array() || index) {
      problems_.push_back(
          {below_origin(origin, below(where, part)),
           "expected an element of a list given before, found: " +
               (from.is_array() ? "a list of " + std::to_string(from.size()) : "no list")});
      return nullptr;
    }
    if (!from.is_object()) from = Json::object();
    where = below(where, part);
    origins_.try_emplace(where, origin);
    return &from[part];
  }

  // Where the key, or the nearest section around it, was given.
  std::string origin_of(std::string where) const {
    while (!where.empty()) {
      const auto found = origins_.find(where);
      if (found != origins_.end()) return found->second;
      const std::size_t end = where.find_last_of(".[");
      where.resize(end == std::string::npos ? 0 : end);
    }
    return file_;
  }

  std::vector<Option> options_;
  std::vector<std::string> known_;
  std::string file_;
  Json values_ = Json::object();
  Origins origins_;
  std::vector<Problem> problems_;
};

}  // namespace

void read_settings(const SettingsLayers& layers, std::vector<Option> into) {
  Layers merged(std::move(into));
  if (!layers.file.empty()) merged.add_file(layers.file);
  // In the order of their names, so that the result does not depend on the shell's order.
  std::vector<std::string> environment = layers.environment;
  std::ranges::sort(environment);
  for (const std::string& variable : environment) merged.add_variable(variable);
  for (const std::string& assignment : layers.assignments)
    merged.add_assignment(assignment, layers.assigned_by);
  merged.read();
}

std::vector<std::string> inflow_environment() {
  std::vector<std::string> found;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (std::string_view(*variable).starts_with(kPrefix)) found.emplace_back(*variable);
  }
  return found;
}

}  // namespace inflow
