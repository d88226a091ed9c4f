#include <algorithm>
#include <filesystem>
#include <system_error>

#include "inflow/pipeline/picture.hpp"
#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

struct ImageFolderOptions {
  std::string path;
  DecodeOptions decode;

  void describe(auto& visitor) {
    visitor("path", path,
            "Folder with one folder of pictures per class, or with pictures and no labels");
    decode.describe(visitor);
  }
};

[[noreturn]] void refuse(const std::string& what, const fs::path& path) {
  throw InputError(what + ": " + path.string());
}

std::string endings_text() {
  std::string text;
  for (const std::string_view ending : kPictureEndings)
    text += (text.empty() ? "" : ", ") + std::string(ending);
  return text;
}

[[noreturn]] void refuse_empty(const std::string& what, const fs::path& path) {
  refuse(what + " holds no pictures: expected files ending in " + endings_text(), path);
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  return std::ranges::mismatch(path, folder).in2 == folder.end();
}

enum class Found : std::uint8_t { picture, folder, other };

// Walks a folder. What a symbolic link leads to is taken only if it is a picture inside the folder:
// links that leave it, or that lead to a folder and so perhaps in a circle, are refused.
class Walk {
 public:
  explicit Walk(const fs::path& root) : root_(fs::canonical(root)) {}

  // What lies in `folder`, by name in the order of its bytes, without names that begin with a dot.
  static std::vector<fs::directory_entry> list(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::directory_entry> entries;
    for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
      if (!at->path().filename().native().starts_with('.')) entries.push_back(*at);
    }
    if (error) refuse("cannot read folder: " + error.message(), folder);
    std::ranges::sort(entries, {},
                      [](const fs::directory_entry& entry) { return entry.path().native(); });
    return entries;
  }

  Found kind_of(const fs::directory_entry& entry) const {
    std::error_code error;
    const bool folder = entry.is_directory(error);
    const bool picture = !folder && is_picture_name(entry.path().filename().native());
    if (!folder && !picture) return Found::other;
    if (entry.is_symlink(error)) check_link(entry.path(), folder);
    return folder ? Found::folder : Found::picture;
  }

  // Appends all pictures in `folder` and the folders in it.
  void collect(const fs::path& folder, std::vector<std::string>& pictures) const {
    for (const fs::directory_entry& entry : list(folder)) {
      const Found kind = kind_of(entry);
      if (kind == Found::picture) pictures.push_back(entry.path().string());
      if (kind == Found::folder) collect(entry.path(), pictures);
    }
  }

 private:
  void check_link(const fs::path& link, bool to_folder) const {
    std::error_code error;
    const fs::path target = fs::canonical(link, error);
    if (error) refuse("symbolic link leads nowhere", link);
    if (!lies_in(target, root_)) refuse("symbolic link leaves the image folder", link);
    if (to_folder) refuse("symbolic link leads to a folder", link);
  }

  fs::path root_;
};

class ImageFolder final : public Source {
 public:
  explicit ImageFolder(const ImageFolderOptions& options)
      : root_(options.path), decode_(options.decode) {
    const fs::path& root = root_;
    const Walk walk(root);
    std::vector<fs::path> folders;
    for (const fs::directory_entry& entry : walk.list(root)) {
      const Found kind = walk.kind_of(entry);
      if (kind == Found::picture) pictures_.push_back(entry.path().string());
      if (kind == Found::folder) folders.push_back(entry.path());
    }
    if (pictures_.empty() && folders.empty()) refuse_empty("image folder", root);
    if (!pictures_.empty() && !folders.empty()) {
      refuse("image folder holds a picture beside class folders", pictures_.front());
    }
    for (const fs::path& folder : folders) append_class(walk, folder);
  }

  std::uint64_t size() const override { return pictures_.size(); }

  std::span<const std::string> classes() const override { return classes_; }

  Meta about(std::uint64_t index) const override {
    expect_index(index, size());
    return {.label = labels_.empty() ? -1 : labels_[index], .identity = index};
  }

  std::string name(std::uint64_t index) const override {
    expect_index(index, size());
    return fs::path(pictures_[index]).lexically_relative(root_).generic_string();
  }

  std::uint64_t pictures() const override { return decode_.pictures(size()); }

  std::optional<std::uint64_t> picture(std::uint64_t index) const override {
    return decode_.picture(index);
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override {
    expect_index(index, size());
    return read_picture(pictures_[index], decode_, wanted, sample);
  }

  SampleError file(std::uint64_t index, std::vector<std::uint8_t>& bytes,
                   std::uint64_t room) const override {
    expect_index(index, size());
    return read_picture_file(pictures_[index], bytes, room);
  }

 private:
  void append_class(const Walk& walk, const fs::path& folder) {
    const std::size_t before = pictures_.size();
    walk.collect(folder, pictures_);
    if (pictures_.size() == before) refuse_empty("class folder", folder);
    labels_.resize(pictures_.size(), static_cast<std::int32_t>(classes_.size()));
    classes_.push_back(folder.filename().string());
  }

  fs::path root_;
  DecodeOptions decode_;
  std::vector<std::string> pictures_;
  std::vector<std::int32_t> labels_;
  std::vector<std::string> classes_;
};

std::shared_ptr<const Source> make(const ImageFolderOptions& options) {
  if (options.path.empty()) throw UsageError("image_folder source needs a folder: path");
  std::error_code error;
  const fs::file_status status = fs::status(options.path, error);
  if (!fs::exists(status)) refuse("image folder does not exist", options.path);
  if (!fs::is_directory(status)) refuse("image folder is not a folder", options.path);
  return std::make_shared<ImageFolder>(options);
}

}  // namespace

SourceEntry image_folder_source() {
  return catalog_entry("image_folder", "Picture files, in one folder per class or all in one",
                       make);
}

}  // namespace inflow
