#include "inflow/pipeline/sources/detail/npz_file.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <zip.h>

#include "inflow/pipeline/sources/detail/data_file.hpp"
#include "inflow/pipeline/sources/detail/unpacked_file.hpp"

namespace inflow {
namespace {

// No deflated byte stands for more.
constexpr std::uint64_t kMostDeflated = 1032;

[[noreturn]] void refuse(const std::string& what, const std::string& path) {
  refuse_file("npz", what, path);
}

std::string text_of(zip_error_t* error) {
  std::string text = zip_error_strerror(error);
  zip_error_fini(error);
  return text;
}

// Lets libzip read a mapped file, and notes where it last did.
class ZipInput {
 public:
  explicit ZipInput(std::span<const std::uint8_t> bytes) : bytes_(bytes) {
    zip_error_init(&error_);
  }
  ~ZipInput() { zip_error_fini(&error_); }
  ZipInput(const ZipInput&) = delete;
  ZipInput& operator=(const ZipInput&) = delete;

  std::uint64_t last_read() const { return last_read_; }

  static zip_int64_t call(void* self, void* data, zip_uint64_t length, zip_source_cmd_t command) {
    return static_cast<ZipInput*>(self)->answer(data, length, command);
  }

 private:
  zip_int64_t answer(void* data, zip_uint64_t length, zip_source_cmd_t command) {
    switch (command) {
      case ZIP_SOURCE_OPEN:
        position_ = 0;
        return 0;
      case ZIP_SOURCE_CLOSE:
      case ZIP_SOURCE_FREE:
        return 0;
      case ZIP_SOURCE_READ:
        return read(data, length);
      case ZIP_SOURCE_SEEK: {
        const zip_int64_t to =
            zip_source_seek_compute_offset(position_, bytes_.size(), data, length, &error_);
        if (to < 0) return -1;
        position_ = static_cast<std::uint64_t>(to);
        return 0;
      }
      case ZIP_SOURCE_TELL:
        return static_cast<zip_int64_t>(position_);
      case ZIP_SOURCE_STAT: {
        zip_stat_t about;
        zip_stat_init(&about);
        about.size = bytes_.size();
        about.valid = ZIP_STAT_SIZE;
        std::memcpy(data, &about, sizeof about);
        return sizeof about;
      }
      case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&error_, data, length);
      case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(
            ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
            ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_SUPPORTS, -1);
      default:
        zip_error_set(&error_, ZIP_ER_OPNOTSUPP, 0);
        return -1;
    }
  }

  zip_int64_t read(void* into, std::uint64_t length) {
    const std::uint64_t count = std::min<std::uint64_t>(length, bytes_.size() - position_);
    last_read_ = position_;
    std::copy_n(bytes_.data() + position_, count, static_cast<std::uint8_t*>(into));
    position_ += count;
    return static_cast<zip_int64_t>(count);
  }

  std::span<const std::uint8_t> bytes_;
  std::uint64_t position_ = 0;
  std::uint64_t last_read_ = 0;
  zip_error_t error_{};
};

struct Close {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

}  // namespace

class NpzFile::Archive {
 public:
  explicit Archive(const std::string& path)
      : path_(path), file_(std::make_shared<const MappedFile>(path)), input_(file_->bytes()) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* const source = zip_source_function_create(&ZipInput::call, &input_, &error);
    if (source == nullptr)
      throw RuntimeError("cannot open zip file: " + text_of(&error) + ": " + path);
    archive_.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
    if (archive_ == nullptr) {
      zip_source_free(source);
      refuse("cannot be opened: " + text_of(&error), path);
    }
    const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
      const char* const name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), 0);
      members_.emplace_back(name == nullptr ? "" : name);
      if (members_.back().ends_with(kEnding))
        members_.back().resize(members_.back().size() - kEnding.size());
    }
  }

  bool has(std::string_view name) const { return std::ranges::count(members_, name) > 0; }

  std::string first_of(std::span<const std::string_view> names) const {
    const auto found = std::ranges::find_if(names, [&](auto name) { return has(name); });
    if (found == names.end())
      refuse("has no member " + joined(names) + ": found " + found_text(), path_);
    return std::string(*found);
  }

  MappedArray array(const std::string& name) const {
    const std::string_view names[] = {name};
    first_of(names);
    if (std::ranges::count(members_, name) > 1) refuse("has two members called " + name, path_);
    const auto index =
        static_cast<zip_uint64_t>(std::ranges::find(members_, name) - members_.begin());
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat_index(archive_.get(), index, 0, &about) != 0)
      refuse("cannot be read: " + std::string(zip_strerror(archive_.get())), path_);
    const std::string path = path_ + ":" + name;
    if (about.encryption_method != ZIP_EM_NONE) refuse("has an encrypted member", path);
    switch (about.comp_method) {
      case ZIP_CM_STORE:
        return stored(index, about.size, path);
      case ZIP_CM_DEFLATE:
        return inflated(index, about, path);
      default:
        refuse("has a member of another compression: expected stored or deflated, found method " +
                   std::to_string(about.comp_method),
               path);
    }
  }

 private:
  static constexpr std::string_view kEnding = ".npy";

  using ZipFile = std::unique_ptr<zip_file_t, Close>;

  static std::string joined(std::span<const std::string_view> names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
      text += names[i];
    }
    return text;
  }

  std::string found_text() const {
    std::string text;
    constexpr std::size_t kMost = 20;
    for (std::size_t i = 0; i < std::min(members_.size(), kMost); ++i)
      text += (i == 0 ? "" : ", ") + shown(members_[i]);
    if (members_.size() > kMost)
      text += " and " + std::to_string(members_.size() - kMost) + " more";
    return members_.empty() ? "none" : text;
  }

  ZipFile open(zip_uint64_t index, zip_flags_t flags, const std::string& path) const {
    ZipFile file(zip_fopen_index(archive_.get(), index, flags));
    if (file == nullptr)
      refuse("has a damaged member: " + std::string(zip_strerror(archive_.get())), path);
    return file;
  }

  // libzip does not tell where a member lies, but reads its first byte there.
  MappedArray stored(zip_uint64_t index, std::uint64_t size, const std::string& path) const {
    const ZipFile file = open(index, ZIP_FL_COMPRESSED, path);
    std::uint8_t byte = 0;
    const bool any = zip_fread(file.get(), &byte, 1) == 1;
    const std::uint64_t offset = any ? input_.last_read() : file_->bytes().size();
    const std::uint64_t room = file_->bytes().size() - offset;
    if (size > room) {
      refuse("has a truncated member: expected " + std::to_string(size) + " bytes, found " +
                 std::to_string(room),
             path);
    }
    return {path, file_, file_->bytes().subspan(offset, size)};
  }

  MappedArray inflated(zip_uint64_t index, const zip_stat_t& about, const std::string& path) const {
    if (about.size / kMostDeflated > about.comp_size) {
      refuse("has a member of an impossible size: " + std::to_string(about.size) +
                 " bytes out of " + std::to_string(about.comp_size),
             path);
    }
    const ZipFile file = open(index, 0, path);
    UnpackedFile unpacked(path, about.size);
    std::vector<std::uint8_t> chunk(std::size_t{1} << 20);
    std::uint64_t total = 0;
    for (;;) {
      const zip_int64_t got = zip_fread(file.get(), chunk.data(), chunk.size());
      if (got < 0)
        refuse("has a damaged member: " + std::string(zip_file_strerror(file.get())), path);
      if (got == 0) break;
      total += static_cast<std::uint64_t>(got);
      if (total > about.size) break;
      unpacked.append(std::span(chunk).first(static_cast<std::size_t>(got)));
    }
    if (total != about.size) {
      refuse("has a damaged member: expected " + std::to_string(about.size) + " bytes, found " +
                 std::to_string(total),
             path);
    }
    std::shared_ptr<const MappedFile> mapped = unpacked.map();
    const std::span<const std::uint8_t> bytes = mapped->bytes();
    return {path, std::move(mapped), bytes};
  }

  std::string path_;
  std::shared_ptr<const MappedFile> file_;
  ZipInput input_;
  std::unique_ptr<zip_t, Close> archive_;
  std::vector<std::string> members_;  // without .npy
};

NpzFile::NpzFile(const std::string& path) : archive_(std::make_unique<const Archive>(path)) {}

NpzFile::~NpzFile() = default;

bool NpzFile::has(std::string_view name) const { return archive_->has(name); }

std::string NpzFile::first_of(std::span<const std::string_view> names) const {
  return archive_->first_of(names);
}

MappedArray NpzFile::array(const std::string& name) const { return archive_->array(name); }

}  // namespace inflow
