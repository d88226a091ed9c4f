#include "inflow/pipeline/sources/detail/labels.hpp"

#include <algorithm>

#include "inflow/pipeline/sources/detail/data_file.hpp"

namespace inflow {

std::vector<std::string> numbered_classes(std::int32_t count) {
  std::vector<std::string> names;
  for (std::int32_t label = 0; label < count; ++label) names.push_back(std::to_string(label));
  return names;
}

std::vector<std::string> read_classes(const std::string& path) {
  const FileBytes text = read_data_file(path);
  const std::vector<std::string_view> lines = lines_of(text);
  std::vector<std::string> names(lines.begin(), lines.end());
  if (names.empty()) refuse_file("classes", "is empty", path);
  const auto blank = std::ranges::find(names, "");
  if (blank != names.end()) {
    refuse_file("classes", "has an empty line: line " + std::to_string(blank - names.begin() + 1),
                path);
  }
  return names;
}

std::vector<std::string> classes_of(std::span<const std::int32_t> labels, const std::string& path) {
  const std::int32_t count = labels.empty() ? 0 : std::ranges::max(labels) + 1;
  if (path.empty()) return numbered_classes(count);
  std::vector<std::string> names = read_classes(path);
  if (static_cast<std::size_t>(count) > names.size()) {
    refuse_file("classes",
                "has too few names: expected at least " + std::to_string(count) + ", found " +
                    std::to_string(names.size()),
                path);
  }
  return names;
}

}  // namespace inflow
