#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <utility>

#include "inflow/pipeline/picture.hpp"
#include "inflow/pipeline/sources/detail/data_file.hpp"
#include "inflow/pipeline/sources/detail/labels.hpp"
#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostPictures = std::uint64_t{1} << 25;

struct ListOptions {
  std::string path;
  bool outside = false;
  DecodeOptions decode;

  void describe(auto& visitor) {
    visitor(
        "path", path,
        "Text file, plain or .gz: a line for each picture, its path from the folder of this "
        "file, then a tab and its label if it has one; blank lines and # comments are skipped; at "
        "most 1 GiB unpacked, and 2^25 pictures");
    visitor(
        "outside", outside,
        "Whether pictures may lie outside that folder: absolute paths, and .. and symbolic links "
        "that leave it");
    decode.describe(visitor);
  }
};

// A path that stays in the folder it starts from, as its text says.
bool stays_inside(const fs::path& path) {
  if (path.is_absolute()) return false;
  const fs::path normal = path.lexically_normal();
  return normal.begin() == normal.end() || *normal.begin() != "..";
}

// Where a path ends once its links are followed, without the heap; empty if there is nothing.
using RealPath = std::array<char, PATH_MAX>;
std::string_view real_path(const std::string& path, RealPath& room) {
  return ::realpath(path.c_str(), room.data()) == nullptr ? "" : room.data();
}

class List final : public Source {
 public:
  explicit List(const ListOptions& options)
      : path_(options.path),
        decode_(options.decode),
        folder_(fs::path(options.path).parent_path()),
        text_(read_data_file(options.path, "list", kMostDataBytes)) {
    if (!options.outside) {
      RealPath room;
      real_folder_ = real_path(folder_.empty() ? "." : folder_.string(), room);
      if (real_folder_.empty()) refuse_unreadable(errno, path_);
      if (!real_folder_.ends_with('/')) real_folder_ += '/';
    }
    std::vector<std::string_view> labels;
    std::map<std::string_view, std::int32_t> numbers;
    std::uint64_t number = 0;
    each_line(text_, [&](std::string_view line) {
      ++number;
      if (line.find_first_not_of(" \t") == line.npos || line.starts_with('#')) return;
      const auto [picture, label] = split(line, number);
      if (!options.outside && !stays_inside(picture)) {
        refuse("names a picture outside its folder: " + shown(picture), number,
               " (outside: true allows it)");
      }
      if (pictures_.size() == kMostPictures)
        refuse("names too many pictures: expected at most " + std::to_string(kMostPictures),
               number);
      pictures_.push_back(picture);
      labels.push_back(label);
      if (label.empty()) return;
      numbers.emplace(label, 0);
      if (std::cmp_greater(numbers.size(), kMostClasses))
        refuse("names too many classes: expected at most " + std::to_string(kMostClasses), number);
    });
    if (pictures_.empty()) refuse_file("list", "holds no samples", path_);
    for (auto& [label, position] : numbers) {
      position = static_cast<std::int32_t>(classes_.size());
      classes_.emplace_back(label);
    }
    if (classes_.empty()) return;
    for (const std::string_view label : labels)
      labels_.push_back(label.empty() ? -1 : numbers.at(label));
  }

  std::uint64_t size() const override { return pictures_.size(); }

  std::span<const std::string> classes() const override { return classes_; }

  Meta about(std::uint64_t index) const override {
    expect_index(index, size());
    return {.label = labels_.empty() ? -1 : labels_[index], .identity = index};
  }

  std::string name(std::uint64_t index) const override {
    expect_index(index, size());
    fs::path name;
    for (const fs::path& part : fs::path(pictures_[index]).lexically_normal().relative_path()) {
      if (part != "..") name /= part;
    }
    return name.generic_string();
  }

  std::uint64_t pictures() const override { return decode_.pictures(size()); }

  std::optional<std::uint64_t> picture(std::uint64_t index) const override {
    return decode_.picture(index);
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override {
    expect_index(index, size());
    const std::string path = (folder_ / pictures_[index]).string();
    if (leads_outside(path)) return refused_link(path);
    return read_picture(path, decode_, wanted, sample);
  }

  SampleError file(std::uint64_t index, std::vector<std::uint8_t>& bytes,
                   std::uint64_t room) const override {
    expect_index(index, size());
    const std::string path = (folder_ / pictures_[index]).string();
    if (leads_outside(path)) return refused_link(path);
    return read_picture_file(path, bytes, room);
  }

 private:
  // Looked at when a picture is read, since a list is opened without looking at its pictures.
  bool leads_outside(const std::string& path) const {
    if (real_folder_.empty()) return false;
    RealPath room;
    const std::string_view real = real_path(path, room);
    return !real.empty() && !real.starts_with(real_folder_);
  }

  static SampleError refused_link(const std::string& path) {
    return {.fault = Fault::unreadable,
            .reason = "symbolic link leaves the folder of the list (outside: true allows it)",
            .file = path};
  }

  [[noreturn]] void refuse(const std::string& what, std::uint64_t line,
                           const std::string& hint = "") const {
    refuse_file("list", what + " in line " + std::to_string(line) + hint, path_);
  }

  // Path and label; no label is an empty one.
  std::pair<std::string_view, std::string_view> split(std::string_view line,
                                                      std::uint64_t number) const {
    if (line.find('\0') != line.npos) refuse("has a zero byte", number);
    const std::size_t tab = std::min(line.find('\t'), line.size());
    if (tab == 0) refuse("has a label without a path", number);
    const std::string_view label = line.substr(std::min(tab + 1, line.size()));
    if (label.find('\t') != label.npos) refuse("has a second tab", number);
    return {line.substr(0, tab), label};
  }

  std::string path_;
  DecodeOptions decode_;
  fs::path folder_;
  std::string real_folder_;  // with a slash at the end; empty if pictures may lie outside
  FileBytes text_;
  std::vector<std::string_view> pictures_;  // in the text
  std::vector<std::int32_t> labels_;
  std::vector<std::string> classes_;
};

std::shared_ptr<const Source> make(const ListOptions& options) {
  if (options.path.empty()) throw UsageError("list source needs a file: path");
  return std::make_shared<List>(options);
}

}  // namespace

SourceEntry list_source() {
  return catalog_entry("list", "Picture files that a text file names, with their labels", make);
}

}  // namespace inflow
