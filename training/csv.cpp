#include "inflow/training/csv.hpp"

namespace inflow {

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"') quoted += letter;
    quoted += letter;
  }
  return quoted + '"';
}

std::vector<std::vector<std::string>> csv_rows(std::string_view table) {
  std::vector<std::vector<std::string>> rows;
  bool begins_row = true;
  bool quoted = false;
  for (std::size_t at = 0; at < table.size(); ++at) {
    const char letter = table[at];
    if (begins_row) rows.emplace_back(1);
    begins_row = !quoted && letter == '\n';
    std::string& field = rows.back().back();
    if (letter == '"') {
      // Two of them within quotes are one that is meant.
      const bool is_meant = quoted && at + 1 < table.size() && table[at + 1] == '"';
      if (is_meant) {
        field += letter;
        ++at;
      } else {
        quoted = !quoted;
      }
    } else if (quoted || (letter != ',' && letter != '\n' && letter != '\r')) {
      field += letter;
    } else if (letter == ',') {
      rows.back().emplace_back();
    }
  }
  return rows;
}

}  // namespace inflow
