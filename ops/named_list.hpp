#pragma once

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/ops/error.hpp"
#include "inflow/ops/options.hpp"

namespace inflow {

// One kind of part that can be chosen by name: its options with their defaults, and how to build it
// from them.
template <class Product, class... Context>
struct CatalogEntry {
  std::string_view name;     // snake_case
  std::string_view summary;  // one line, no full stop
  AnyOptions defaults;
  std::function<Product(const AnyOptions&, Context...)> make;
};

// Makes an entry of an options aggregate and a factory that takes it.
template <class Product, class... Context, class Options>
CatalogEntry<Product, Context...> catalog_entry(std::string_view name, std::string_view summary,
                                                Product (*make)(const Options&, Context...)) {
  return {.name = name,
          .summary = summary,
          .defaults = AnyOptions(Options{}),
          .make = [make](const AnyOptions& options, Context... context) {
            return make(options.as<Options>(), std::forward<Context>(context)...);
          }};
}

// A constant list of entries, looked up by name, in the order written. `thing` is what messages
// call an entry.
template <class Product, class... Context>
class Catalog {
 public:
  using Entry = CatalogEntry<Product, Context...>;

  Catalog(std::string_view thing, std::initializer_list<Entry> entries)
      : thing_(thing), entries_(entries) {}

  std::span<const Entry> entries() const { return entries_; }

  // Throws UsageError with the nearest known name.
  const Entry& at(std::string_view name) const {
    const auto found = std::ranges::find(entries_, name, &Entry::name);
    if (found == entries_.end()) throw UsageError(unknown_name(thing_, name, names()));
    return *found;
  }

  // Throws UsageError for an unknown name, for options of another part, and as the factory does.
  Product make(const PartOptions& part, Context... context) const {
    const Entry& entry = at(part.type);
    const AnyOptions& options = part.options.empty() ? entry.defaults : part.options;
    if (!options.same_type(entry.defaults))
      throw UsageError("options of another part than " + part.type);
    return entry.make(options, std::forward<Context>(context)...);
  }

  // The part called `name` with default options.
  PartOptions part(std::string_view name) const {
    return {.type = std::string(name), .options = at(name).defaults};
  }

  // The same with what the settings say instead: part("image_folder", {{"path", "train"}}). Throws
  // UsageError that lists every problem.
  PartOptions part(std::string_view name, std::initializer_list<Setting> settings) const {
    PartOptions part = this->part(name);
    throw_if_any(std::string(thing_) + " " + part.type,
                 read_json(SettingValue(settings).json(), part.options.describe()));
    return part;
  }

  // What a settings file may say in the place of a part; this catalog must outlive the answer.
  PartChoices choices(std::string_view selector = "type") const {
    return {.thing = thing_, .selector = selector, .all = [this] { return part_choices(); }};
  }

  std::vector<std::string_view> names() const {
    std::vector<std::string_view> all;
    for (const Entry& entry : entries_) all.push_back(entry.name);
    return all;
  }

 private:
  std::vector<PartChoice> part_choices() const {
    std::vector<PartChoice> all;
    for (const Entry& entry : entries_) all.push_back({entry.name, entry.summary, entry.defaults});
    return all;
  }

  std::string_view thing_;
  std::vector<Entry> entries_;
};

}  // namespace inflow
