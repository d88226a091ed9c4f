#include "inflow/ops/view/detail/check.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"

namespace inflow::ops {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& value) { return value.dump(); }

// Checks the members of one object that describe() visits, and theirs. Makes no text unless
// something is wrong.
class Checker {
 public:
  explicit Checker(std::string_view name = {}, const Checker* around = nullptr)
      : name_(name), around_(around) {}

  void operator()(std::string_view name, const auto& value, Limits limits) const {
    check_value(name, value, limits);
  }

  void added(std::string_view name, const auto& value, Limits limits) const {
    check_value(name, value, limits);
  }

 private:
  std::string key_of(std::string_view name) const {
    const std::string before = around_ == nullptr ? std::string() : around_->key_of(name_) + ".";
    return before + std::string(name);
  }

  void check_value(std::string_view name, const auto& value, Limits limits) const {
    using T = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_enum_v<T>) {
      const auto number = static_cast<std::size_t>(value);
      if (number >= names_of(value).size()) {
        refuse_view(key_of(name), "of the names it may have", std::to_string(number));
      }
    } else if constexpr (std::is_arithmetic_v<T>) {
      const auto number = static_cast<double>(value);
      // Not a number is not within either.
      if (number >= limits.low && number <= limits.high) return;
      const std::string found = std::isfinite(number) ? text_of(value) : std::to_string(number);
      refuse_view(key_of(name), expected_number(std::is_integral_v<T>, limits), found);
    } else {
      const Checker inner(name, this);
      describe(inner, value);
    }
  }

  template <class T, std::size_t Count>
  void check_value(std::string_view name, const std::array<T, Count>& values, Limits limits) const {
    for (const T& value : values) check_value(name, value, limits);
  }

  template <class T>
  void check_value(std::string_view name, const std::optional<T>& value, Limits limits) const {
    if (value) check_value(name, *value, limits);
  }

  // A plan has a check of its own.
  void check_value(std::string_view, const Plan&, Limits) const {}

  std::string_view name_;
  const Checker* around_;
};

// How messages show a box.
std::string shown(const Box& box) { return text_of({box.top, box.left, box.height, box.width}); }

void check_shrunk(const Base& base) {
  if (base.shrunk == 1) return;
  if (base.ycc) refuse_view("base.ycc", "false where base.shrunk is not 1", "true");
  if (!std::has_single_bit(static_cast<unsigned>(base.shrunk))) {
    refuse_view("base.shrunk", "1, 2, 4 or 8", std::to_string(base.shrunk));
  }
  if (!base.antialias) refuse_view("base.antialias", "true where base.shrunk is not 1", "false");
  if (most_shrinking(base) < base.shrunk) {
    refuse_view("base.crop", "at least base.shrunk times the size of the view", shown(base.crop));
  }
}

// What no single number says.
void check_together(const Base& base) {
  const Box& crop = base.crop;
  if (!is_taken({.height = crop.height, .width = crop.width})) {
    refuse_view("base.crop", "of at most " + std::to_string(kMostPixels) + " pixels", shown(crop));
  }
  check_shrunk(base);
  const Blur& blur = base.blur;
  if (blur.kernel != 0 && blur.kernel % 2 == 0) {
    refuse_view("base.blur.kernel", "odd, or 0 for none", std::to_string(blur.kernel));
  }
  if (blur.happens() && blur.sigma == 0) {
    refuse_view("base.blur.sigma", "positive", text_of(blur.sigma));
  }
}

void check_together(const Finish& finish, Size size) {
  if (finish.channels == 2) refuse_view("finish.channels", "1 or 3", "2");
  if (std::ranges::find(finish.stddev, 0.0F) != finish.stddev.end()) {
    refuse_view("finish.stddev", "other than 0", text_of(finish.stddev));
  }
  if (finish.cutout && !lies_inside(*finish.cutout, size)) {
    refuse_view("finish.cutout", "inside the view", shown(*finish.cutout));
  }
}

}  // namespace

void refuse_view(const std::string& where, const std::string& expected, const std::string& found) {
  throw UsageError("drawn view: " + where + " must be " + expected + ": " + found);
}

std::string expected_number(bool is_integer, Limits limits) {
  const std::string kind = is_integer ? "an integer" : "a number";
  return kind + " from " + text_of(limits.low) + " to " + text_of(limits.high);
}

void check(const Base& base) {
  const Checker view;
  const Checker here("base", &view);
  describe(here, base);
  check_together(base);
}

void check(const DrawnView& view, std::span<const Op> ops) {
  const Checker here;
  describe(here, view);
  check_together(view.base);
  check_together(view.finish, view.base.size);
  const std::string wrong = what_is_wrong(view.plan, ops);
  if (!wrong.empty()) throw UsageError("drawn view: plan: " + wrong);
}

void check_row(std::span<const std::byte> row, const Finish& finish, Size size) {
  if (row.size() != row_bytes(finish, size)) {
    throw UsageError("row must have " + std::to_string(row_bytes(finish, size)) +
                     " bytes: " + std::to_string(row.size()));
  }
  if (reinterpret_cast<std::uintptr_t>(row.data()) % alignof(float) != 0 &&
      finish.dtype == Dtype::float32) {
    throw UsageError("row must begin where a float may");
  }
}

}  // namespace inflow::ops
