#pragma once

#include <string>

namespace inflow {

// A text as a field of a table in CSV (RFC 4180).
std::string csv_field(const std::string& text);

}  // namespace inflow
