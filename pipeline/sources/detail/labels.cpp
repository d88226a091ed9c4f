#include "inflow/pipeline/sources/detail/labels.hpp"

#include <algorithm>
#include <utility>

#include "inflow/pipeline/sources/detail/data_file.hpp"

namespace inflow {

std::vector<std::string> numbered_classes(std::int32_t count) {
  std::vector<std::string> names;
  for (std::int32_t label = 0; label < count; ++label) names.push_back(std::to_string(label));
  return names;
}

std::vector<std::string> read_classes(const std::string& path) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{kMostClasses} * 256;
  const FileBytes text = read_data_file(path, "classes", kMostBytes);
  std::vector<std::string> names;
  each_line(text, [&](std::string_view name) {
    if (name.empty())
      refuse_file("classes", "has an empty line: line " + std::to_string(names.size() + 1), path);
    if (std::cmp_equal(names.size(), kMostClasses)) {
      refuse_file("classes", "has too many names: expected at most " + std::to_string(kMostClasses),
                  path);
    }
    names.emplace_back(name);
  });
  if (names.empty()) refuse_file("classes", "is empty", path);
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
