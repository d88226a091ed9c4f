#pragma once

#include <any>
#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>

#include "inflow/ops/error.hpp"

// Options are aggregates with defaults that describe themselves, once:
//
//   struct BlurOptions {
//     int kernel = 3;
//     double sigma = 1;
//     void describe(auto& visitor) {  // key, value with its default, range, sentence
//       visitor("kernel", kernel, Between{1, 99}, "Taps of the blur, odd");
//       visitor("sigma", sigma, Between{0, 10}, "Standard deviation in pixels");
//     }
//   };
//
// Reading, printing, the JSON Schema and nearest-name errors all come from that description, so
// they cannot disagree.

namespace inflow {

struct Option;
class AnyOptions;

// Accepted values of a number, ends included.
struct Between {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

inline constexpr Between kPositive{.low = std::numeric_limits<double>::min()};
inline constexpr Between kProbability{.low = 0, .high = 1};

// An amount of memory; written in settings as a number of bytes or with a unit: 512MiB, 2GiB.
struct Bytes {
  std::uint64_t count = 0;
  bool operator==(const Bytes&) const = default;
};

// A number for every view of a sample: one for all of them, or one each. Written in settings as 0.5
// or as [1, 0.1].
class PerView {
 public:
  PerView(double of_all) : values_{of_all} {}
  // Not empty.
  PerView(std::vector<double> of_each) : values_(std::move(of_each)) {}
  PerView(std::initializer_list<double> of_each) : values_(of_each) {}

  // That of a view, which one of several values must be for.
  double of(std::size_t view) const { return values_[values_.size() == 1 ? 0 : view]; }
  std::span<const double> values() const { return values_; }
  bool operator==(const PerView&) const = default;

 private:
  std::vector<double> values_;
};

// Any options aggregate, held by value.
class AnyOptions {
 public:
  struct None {
    void describe(auto&) {}
    bool operator==(const None&) const = default;
  };

  AnyOptions() : AnyOptions(None{}) {}

  template <class T>
  requires(!std::is_same_v<T, AnyOptions>) explicit AnyOptions(T value);

  // The description, bound to the value held here: valid while this object lives and is not
  // assigned to.
  std::vector<Option> describe();

  // The value, which must be a T.
  template <class T>
  const T& as() const {
    return std::any_cast<const T&>(value_);
  }

  bool empty() const { return value_.type() == typeid(None); }
  bool same_type(const AnyOptions& other) const { return value_.type() == other.value_.type(); }

 private:
  std::any value_;
  std::vector<Option> (*describe_)(std::any&);
};

// A part chosen by name, with its own options; empty ones stand for the part's defaults. In
// settings both stand in one section: {type: idx, images: ...}. Settings that name no type keep the
// present one; where that is empty, they must name one. What derives from it describes keys that
// stand in that section too, whatever the type: {type: idx, images: ..., copies: 10}.
struct PartOptions {
  std::string type;
  AnyOptions options;
};

// One name a part may have. `defaults` are the values its other keys start from.
struct PartChoice {
  std::string_view name;
  std::string_view summary;
  AnyOptions defaults;
};

// The names a part may have. Asked for only when needed, since a part may hold parts of its own
// kind.
struct PartChoices {
  std::string_view thing;              // what messages and the schema call it: source, policy
  std::string_view selector = "type";  // the key that holds the name
  std::function<std::vector<PartChoice>()> all;

  // These, and "none" with no options, for a key that need not name a part.
  PartChoices or_none(std::string_view new_thing, std::string_view summary) const {
    return {
        .thing = new_thing, .selector = selector, .all = [all = all, summary] {
          std::vector<PartChoice> with_none{{.name = "none", .summary = summary, .defaults = {}}};
          for (PartChoice& choice : all()) with_none.push_back(std::move(choice));
          return with_none;
        }};
  }
};

// The value of an enum, as its position in Option::names.
struct EnumTarget {
  std::function<std::size_t()> get;
  std::function<void(std::size_t)> set;
};

// A section: its keys are in Option::members.
struct SectionTarget {};

// A list of parts: each element is an option without a name, valid until the next resize().
struct PartListTarget {
  std::function<std::size_t()> size;
  std::function<void(std::size_t)> resize;  // to that many with their defaults
  std::function<Option(std::size_t)> at;
  AnyOptions beside;  // what every element has besides its type's own keys
};

using OptionTarget = std::variant<bool*, int*, std::int64_t*, std::uint64_t*, float*, double*,
                                  std::string*, std::array<float, 3>*, std::vector<int>*,
                                  std::vector<double>*, std::vector<std::string>*, Bytes*, PerView*,
                                  EnumTarget, SectionTarget, PartOptions*, PartListTarget>;

// One key of a section, bound to the value it sets.
struct Option {
  std::string name;
  std::string sentence;  // no full stop
  OptionTarget target;
  Between range{};                        // of a number, or of every number of a list
  std::vector<std::string_view> names{};  // of an enum
  std::vector<Option> members{};          // of a section; of a part, those beside its type's own
  PartChoices choices{};                  // of a part or a list of parts
};

// Visits an aggregate's describe() and collects its options.
class OptionList {
 public:
  template <class T>
  void operator()(std::string_view name, T& value, std::string_view sentence) {
    (*this)(name, value, Between{}, sentence);
  }

  template <class T>
  void operator()(std::string_view name, T& value, Between range, std::string_view sentence) {
    Option option{.name = std::string(name),
                  .sentence = std::string(sentence),
                  .target = SectionTarget{},
                  .range = range};
    if constexpr (std::is_constructible_v<OptionTarget, T*>) {
      option.target = &value;
    } else {
      OptionList section;
      value.describe(section);
      option.members = std::move(section.options_);
    }
    options_.push_back(std::move(option));
  }

  // `names` are those of the enum's values 0, 1, 2, ...
  template <class E>
  requires std::is_enum_v<E>
  void operator()(std::string_view name, E& value, std::span<const std::string_view> names,
                  std::string_view sentence) {
    options_.push_back(
        {.name = std::string(name),
         .sentence = std::string(sentence),
         .target = EnumTarget{.get = [&value] { return static_cast<std::size_t>(value); },
                              .set = [&value](std::size_t at) { value = static_cast<E>(at); }},
         .names = {names.begin(), names.end()}});
  }

  void operator()(std::string_view name, PartOptions& value, PartChoices choices,
                  std::string_view sentence) {
    options_.push_back({.name = std::string(name),
                        .sentence = std::string(sentence),
                        .target = &value,
                        .choices = std::move(choices)});
  }

  // A list of parts that have the keys T describes besides; no choice may have one of these.
  template <std::derived_from<PartOptions> T>
  void operator()(std::string_view name, std::vector<T>& values, const PartChoices& choices,
                  std::string_view sentence) {
    const auto element = [&values, choices](std::size_t at) {
      OptionList beside;
      values[at].describe(beside);
      return Option{.name = {},
                    .sentence = {},
                    .target = &values[at],
                    .members = beside.take(),
                    .choices = choices};
    };
    options_.push_back(
        {.name = std::string(name),
         .sentence = std::string(sentence),
         .target = PartListTarget{.size = [&values] { return values.size(); },
                                  .resize = [&values](std::size_t n) { values.assign(n, T{}); },
                                  .at = element,
                                  .beside = AnyOptions(T{})},
         .choices = choices});
  }

  std::vector<Option> take() { return std::move(options_); }

 private:
  std::vector<Option> options_;
};

// The options of an aggregate, bound to it: valid while it lives and stays where it is.
template <class T>
std::vector<Option> describe(T& options) {
  OptionList list;
  options.describe(list);
  return list.take();
}

inline std::vector<Option> AnyOptions::describe() { return describe_(value_); }

template <class T>
requires(!std::is_same_v<T, AnyOptions>) AnyOptions::AnyOptions(T value)
    : value_(std::move(value)),
      describe_([](std::any& held) { return inflow::describe(std::any_cast<T&>(held)); }) {}

// Sets what a JSON object says and leaves the rest as it is. Returns every problem: unknown keys
// (with the nearest known one), keys given twice, wrong types, values out of range, parts that
// nobody named, each with its dotted key: views.mean[2]. `into` may be partly set when there are
// problems. A part whose type changes starts from that type's defaults.
std::vector<Problem> read_json(std::string_view json, std::vector<Option> into);

struct Setting;

// What code says in the place of a settings file: a number, a text, a list, or a section.
class SettingValue {
 public:
  SettingValue(bool value);
  SettingValue(int value);
  SettingValue(std::int64_t value);
  SettingValue(std::uint64_t value);
  SettingValue(double value);
  SettingValue(const char* value);
  SettingValue(const std::string& value);
  SettingValue(const std::vector<int>& values);
  SettingValue(const std::vector<double>& values);
  SettingValue(const std::vector<std::string>& values);
  SettingValue(std::initializer_list<double> values);
  SettingValue(std::initializer_list<const char*> values);
  SettingValue(std::initializer_list<Setting> section);

  const std::string& json() const { return json_; }

 private:
  std::string json_;
};

struct Setting {
  std::string key;
  SettingValue value;
};

// The values as a JSON object on one line, keys in the order described and without parts of no
// type; reading it back gives equal values. Throws UsageError for what JSON cannot say: an infinite
// number, text that is not UTF-8.
std::string to_json(std::vector<Option> options);

// A JSON Schema (draft 2020-12) of what read_json accepts; `title` names it. It is wider in two
// things that schemas cannot say: 1.0 is an integer there, and amounts of memory with a unit have
// no range.
std::string schema_json(std::string_view title, std::vector<Option> options);

}  // namespace inflow
