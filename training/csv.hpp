#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace inflow {

// A text as a field of a table in CSV (RFC 4180).
std::string csv_field(const std::string& text);

// The rows of such a table, each as its fields.
std::vector<std::vector<std::string>> csv_rows(std::string_view table);

}  // namespace inflow
