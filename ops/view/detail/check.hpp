#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "inflow/ops/view.hpp"
#include "inflow/ops/view/detail/description.hpp"

namespace inflow::ops {

// Throws UsageError: drawn view: <where> must be <expected>: <found>.
[[noreturn]] void refuse_view(const std::string& where, const std::string& expected,
                              const std::string& found);

// What messages expect of a number.
std::string expected_number(bool is_integer, Limits limits);

// Throw UsageError that names the key, and what was expected of it, unless it can be rendered.
void check(const Base& base);
void check(const DrawnView& view, std::span<const Op> ops);

// Throws UsageError unless the row can hold such a view of that size.
void check_row(std::span<const std::byte> row, const Finish& finish, Size size);

}  // namespace inflow::ops
