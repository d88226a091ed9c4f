#include "inflow/inflation/audit/findings.hpp"

#include <type_traits>

#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

template <class T, class Visitor>
concept Aggregate = requires(const T& of, Visitor& visit) {
  T::fields(of, visit);
};

template <class T>
struct ListOf {
  static constexpr bool holds_aggregates = false;
};
template <class T>
struct ListOf<std::vector<T>> {
  static constexpr bool holds_aggregates =
      !std::is_arithmetic_v<T> && !std::is_same_v<T, std::string>;
};

class Writer {
 public:
  template <class T>
  static Json json_of(const T& value) {
    if constexpr (Aggregate<T, Writer>) {
      Writer writer;
      T::fields(value, writer);
      return writer.object_;
    } else if constexpr (ListOf<T>::holds_aggregates) {
      Json list = Json::array();
      for (const auto& each : value) list.push_back(json_of(each));
      return list;
    } else {
      return value;
    }
  }

  template <class T>
  void operator()(std::string_view name, const T& value) {
    object_[std::string(name)] = json_of(value);
  }
  template <class T>
  void operator()(std::string_view name, const std::optional<T>& value) {
    if (value) (*this)(name, *value);
  }

 private:
  Json object_ = Json::object();
};

class Reader {
 public:
  explicit Reader(const Json& object) : object_(object) {}

  template <class T>
  static void read(const Json& json, T& into) {
    if constexpr (Aggregate<T, Reader>) {
      Reader reader(json);
      T::fields(into, reader);
    } else if constexpr (ListOf<T>::holds_aggregates) {
      for (const Json& each : json) read(each, into.emplace_back());
    } else {
      into = json.get<T>();
    }
  }

  template <class T>
  void operator()(std::string_view name, T& value) {
    read(object_.at(std::string(name)), value);
  }
  template <class T>
  void operator()(std::string_view name, std::optional<T>& value) {
    const auto found = object_.find(std::string(name));
    if (found != object_.end()) read(*found, value.emplace());
  }

 private:
  const Json& object_;
};

}  // namespace

std::string to_json(const AuditFindings& findings) {
  // File names in reasons may be of other letters than UTF-8.
  return Writer::json_of(findings).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void read_findings(std::string_view json, AuditFindings& into) {
  try {
    Reader::read(Json::parse(json), into);
  } catch (const Json::exception& error) {
    throw InputError(std::string("findings of an audit are damaged: ") + error.what());
  }
}

}  // namespace inflow
