#include "inflow/pipeline/output_names.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "inflow/pipeline/output_directory.hpp"
#include "inflow/pipeline/picture.hpp"

namespace inflow {
namespace {

constexpr std::string_view kNoClass = "unlabeled";

// A class as the name of a folder.
std::string folder_of(std::string name) {
  std::ranges::replace_if(
      name, [](char c) { return c == '/' || static_cast<unsigned char>(c) < ' '; }, '_');
  if (name.empty() || name.front() == '.' || is_file_of_output(name))
    name.insert(name.begin(), '_');
  return name;
}

std::string without_ending(std::string name) {
  if (is_picture_name(name)) name.resize(name.rfind('.'));
  return name;
}

// Without dots in the last part, and without parts that are hidden.
std::string without_dots(std::string name) {
  const std::size_t last = name.rfind('/') + 1;
  std::replace(name.begin() + static_cast<std::ptrdiff_t>(last), name.end(), '.', '_');
  for (std::size_t i = 0; i < last; ++i) {
    if (name[i] == '.' && (i == 0 || name[i - 1] == '/')) name[i] = '_';
  }
  return name;
}

// With another first folder, if that would be in the way of a file of the output.
std::string beside_own_files(std::string name) {
  const std::size_t slash = name.find('/');
  if (slash != name.npos && is_file_of_output(name.substr(0, slash)))
    name.insert(name.begin(), '_');
  return name;
}

}  // namespace

std::vector<std::string> class_folders(std::span<const std::string> classes) {
  std::vector<std::string> folders;
  for (const std::string& name : classes) folders.push_back(folder_of(name));
  std::unordered_set<std::string_view> seen{kNoClass};
  for (const std::string& folder : folders) {
    if (!seen.insert(folder).second)
      throw UsageError("classes cannot be told apart as names of folders: " + folder);
  }
  return folders;
}

OutputNames::OutputNames(const Pipeline& pipeline)
    : source_(pipeline.source),
      with_epoch_(pipeline.epochs != 1),
      with_view_(pipeline.views.views() > 1),
      folders_(class_folders(source_->classes())) {
  if (source_->order() == nullptr) find_alike();
}

std::string OutputNames::of(std::uint64_t index, std::uint64_t epoch, std::uint64_t ordinal,
                            std::size_t view) const {
  std::string name = unique_stem(index, ordinal);
  if (with_epoch_) name += "_e" + std::to_string(epoch);
  if (with_view_) name += "_v" + std::to_string(view);
  return name;
}

std::string OutputNames::stem(std::uint64_t index) const {
  const std::string name = without_ending(source_->name(index));
  if (folders_.empty()) return beside_own_files(without_dots(name));
  const std::int32_t label = source_->about(index).label;
  if (label < 0 || static_cast<std::size_t>(label) >= folders_.size())
    return std::string(kNoClass) + "/" + without_dots(name);
  const auto at = static_cast<std::size_t>(label);
  const std::string of_class = source_->classes()[at] + "/";
  const bool has_class = name.starts_with(of_class);
  return folders_[at] + "/" + without_dots(has_class ? name.substr(of_class.size()) : name);
}

std::string OutputNames::unique_stem(std::uint64_t index, std::uint64_t ordinal) const {
  if (source_->order() != nullptr) return stem(index) + "-" + std::to_string(ordinal);
  if (!std::ranges::binary_search(alike_, index)) return stem(index);
  return stem(index) + "-" + std::to_string(index);
}

void OutputNames::find_alike() {
  const std::hash<std::string> hash;
  std::vector<std::pair<std::size_t, std::uint64_t>> hashes(source_->size());
  for (std::uint64_t index = 0; index < hashes.size(); ++index)
    hashes[index] = {hash(stem(index)), index};
  std::ranges::sort(hashes);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    const bool as_before = i > 0 && hashes[i].first == hashes[i - 1].first;
    const bool as_after = i + 1 < hashes.size() && hashes[i].first == hashes[i + 1].first;
    if (as_before || as_after) alike_.push_back(hashes[i].second);
  }
  std::ranges::sort(alike_);
  // What was appended may make a name that another sample has.
  for (const std::uint64_t index : alike_) {
    const std::size_t found = hash(unique_stem(index, 0));
    const auto other = std::ranges::lower_bound(hashes, std::pair{found, std::uint64_t{0}});
    if (other != hashes.end() && other->first == found)
      throw UsageError("samples cannot be told apart by name: " + unique_stem(index, 0));
  }
}

}  // namespace inflow
