#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace inflow::support {

// The content of every file below a directory, by its path there.
inline std::map<std::string, std::string> written_tree(const std::filesystem::path& directory) {
  std::map<std::string, std::string> tree;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    tree[entry.path().lexically_relative(directory).generic_string()] = {
        std::istreambuf_iterator<char>(file), {}};
  }
  return tree;
}

// The names of the files in which two trees differ, for messages that can be read.
inline std::vector<std::string> differences(const std::map<std::string, std::string>& one,
                                            const std::map<std::string, std::string>& other) {
  std::vector<std::string> names;
  for (const auto& [name, content] : one) {
    const auto found = other.find(name);
    if (found == other.end() || found->second != content) names.push_back(name);
  }
  for (const auto& [name, content] : other) {
    if (!one.contains(name)) names.push_back(name);
  }
  return names;
}

}  // namespace inflow::support
