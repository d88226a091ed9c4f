#include "inflow/pipeline/sources/detail/tar_samples.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/picture.hpp"
#include "inflow/pipeline/sources/detail/data_file.hpp"
#include "inflow/pipeline/sources/detail/labels.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kBlock = 512;
constexpr std::uint64_t kLongestRecord = std::uint64_t{1} << 20;

// While this lives, its thread has the locale "C". In it libarchive hands on names as the bytes
// they are; in others it turns them into the locale's encoding, and in UTF-8 it composes letters
// and accents, so that two names may become one.
class LocaleC {
 public:
  LocaleC() : locale_(::newlocale(LC_CTYPE_MASK, "C", nullptr)), before_(::uselocale(locale_)) {}
  ~LocaleC() {
    ::uselocale(before_);
    ::freelocale(locale_);
  }
  LocaleC(const LocaleC&) = delete;
  LocaleC& operator=(const LocaleC&) = delete;

 private:
  ::locale_t locale_;
  ::locale_t before_;
};

struct Member {
  std::string name;
  Extent content;
};

// The members of a tar file, one after another, for one thread. libarchive reads the headers;
// contents are not read, but found where it points to them in the memory it was given.
class Members {
 public:
  Members(std::span<const std::uint8_t> bytes, const std::string& path)
      : bytes_(bytes), path_(path), archive_(archive_read_new()) {
    if (archive_ == nullptr) throw std::bad_alloc();
    archive_read_support_format_tar(archive_.get());
    if (archive_read_open_memory(archive_.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
      refuse("cannot be opened: " + reason());
  }

  // False at the end. Folders are passed over.
  bool next(Member& member) {
    for (;;) {
      archive_entry* entry = nullptr;
      const int result = archive_read_next_header(archive_.get(), &entry);
      if (result == ARCHIVE_EOF) {
        check_end();
        return false;
      }
      if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
        refuse("is truncated or damaged at byte " + std::to_string(end_) + ": " + reason());
      member.name = name_of(entry);
      const std::string kind = kind_of(entry);
      if (kind == "folder") {
        end_ = static_cast<std::uint64_t>(archive_filter_bytes(archive_.get(), 0));
        continue;
      }
      if (!kind.empty()) refuse("has a member that is no plain file but a " + kind, member.name);
      member.content = content_of(entry, member.name);
      end_ = (member.content.offset + member.content.size + kBlock - 1) / kBlock * kBlock;
      return true;
    }
  }

 private:
  struct Close {
    void operator()(archive* reader) const { archive_read_free(reader); }
  };

  [[noreturn]] void refuse(const std::string& what) const { refuse_file("tar", what, path_); }

  [[noreturn]] void refuse(const std::string& what, std::string_view member) const {
    refuse(what + ": " + shown(member));
  }

  std::string reason() const {
    const char* const text = archive_error_string(archive_.get());
    return text == nullptr ? "no reason given" : shown(text);
  }

  // Empty for the folder that all is in.
  std::string name_of(archive_entry* entry) const {
    const char* const name = archive_entry_pathname(entry);
    if (name == nullptr || *name == '\0')
      refuse("has a member without a name at byte " + std::to_string(end_));
    const std::string text = name;
    if (text.starts_with('/')) refuse("has a member with an absolute name", text);
    for (const fs::path& part : fs::path(text)) {
      if (part == "..") refuse("has a member whose name climbs", text);
    }
    std::string normal = fs::path(text).lexically_normal().string();
    if (normal.ends_with('/')) normal.pop_back();
    return normal == "." ? "" : normal;
  }

  // Empty for a plain file.
  static std::string kind_of(archive_entry* entry) {
    if (archive_entry_hardlink(entry) != nullptr) return "hard link";
    if (archive_entry_symlink(entry) != nullptr) return "symbolic link";
    if (archive_entry_sparse_reset(entry) > 0) return "sparse file";
    switch (archive_entry_filetype(entry)) {
      case AE_IFREG:
        return "";
      case AE_IFDIR:
        return "folder";
      case AE_IFLNK:
        return "symbolic link";
      case AE_IFCHR:
      case AE_IFBLK:
        return "device";
      case AE_IFIFO:
        return "pipe";
      default:
        return "special file";
    }
  }

  Extent content_of(archive_entry* entry, const std::string& name) const {
    const auto size =
        static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(entry), 0));
    const auto offset = static_cast<std::uint64_t>(archive_filter_bytes(archive_.get(), 0));
    if (offset > bytes_.size() || size > bytes_.size() - offset) {
      refuse("is truncated: expected " + std::to_string(size) + " bytes from byte " +
                 std::to_string(offset) + ", found " +
                 std::to_string(bytes_.size() - std::min<std::uint64_t>(offset, bytes_.size())),
             name);
    }
    if (size == 0) return {offset, 0};
    const void* content = nullptr;
    std::size_t length = 0;
    la_int64_t from = 0;
    if (archive_read_data_block(archive_.get(), &content, &length, &from) != ARCHIVE_OK)
      refuse("has a damaged member: " + reason(), name);
    if (content != bytes_.data() + offset || length < size || from != 0)
      refuse("has a member that does not lie in one piece", name);
    return {offset, size};
  }

  // An archive that was cut between two members lacks the block of zeros that ends it; one with
  // more after that than fills up a record is several in one, of which the others would be missed.
  void check_end() const {
    if (end_ + kBlock > bytes_.size()) {
      refuse("is truncated: expected a block of zeros at byte " + std::to_string(end_) +
             ", found the end of the file");
    }
    const std::span<const std::uint8_t> rest = bytes_.subspan(end_);
    const auto zeros = rest.first(std::min<std::uint64_t>(rest.size(), kLongestRecord));
    const auto more = std::ranges::find_if(zeros, [](std::uint8_t byte) { return byte != 0; });
    const auto ended = end_ + static_cast<std::uint64_t>(more - zeros.begin());
    if (ended < bytes_.size()) refuse("goes on after its end, at byte " + std::to_string(ended));
  }

  LocaleC locale_;
  std::span<const std::uint8_t> bytes_;
  const std::string& path_;
  std::unique_ptr<archive, Close> archive_;
  std::uint64_t end_ = 0;  // of the members so far
};

// Key and ending of a name; the key is empty for hidden files.
std::pair<std::string_view, std::string_view> split(std::string_view name) {
  const std::size_t last = name.rfind('/') + 1;
  const std::size_t dot = std::min(name.find('.', last), name.size());
  return {dot == last ? "" : name.substr(0, dot), name.substr(dot)};
}

enum class Part : std::uint8_t { picture, label, json, other };

std::string lower(std::string_view text) {
  std::string letters(text);
  std::ranges::transform(letters, letters.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return letters;
}

Part part_of(std::string_view ending) {
  if (std::ranges::count(kPictureEndings, ending) > 0) return Part::picture;
  if (ending == ".cls") return Part::label;
  return ending == ".json" ? Part::json : Part::other;
}

// Sorts members by the samples they are of.
class Samples {
 public:
  Samples(std::span<const std::uint8_t> bytes, const std::string& path)
      : bytes_(bytes), path_(path) {}

  void add(const Member& member) {
    const auto [key, written] = split(member.name);
    const std::string ending = lower(written);
    const Part part = part_of(ending);
    if (key.empty() || part == Part::other) return;
    if (!names_.insert(std::string(key) + ending).second)
      refuse("has two members called " + shown(member.name));
    const auto [found, is_new] = positions_.emplace(key, samples_.size());
    if (is_new) samples_.push_back({.name = member.name});
    TarSample& sample = samples_[found->second];
    switch (part) {
      case Part::picture:
        if (sample.picture.offset > 0) refuse("has two pictures of one sample: " + shown(key));
        sample.picture = member.content;
        sample.name = member.name;
        break;
      case Part::label:
        put_label(member.content, sample);
        break;
      default:
        sample.json = member.content;
    }
  }

  std::vector<TarSample> take() {
    for (const TarSample& sample : samples_) {
      if (sample.picture.offset == 0)
        refuse("has a label without a picture: " + shown(sample.name));
    }
    if (samples_.empty()) refuse("holds no pictures");
    return std::move(samples_);
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const { refuse_file("tar", what, path_); }

  void put_label(Extent member, TarSample& sample) const {
    const auto found = tar_label(bytes_.subspan(member.offset, member.size));
    if (const auto* const label = std::get_if<std::int32_t>(&found)) {
      sample.label = *label;
    } else {
      sample.bad_label = member;
    }
  }

  std::span<const std::uint8_t> bytes_;
  const std::string& path_;
  std::vector<TarSample> samples_;
  std::unordered_map<std::string, std::size_t> positions_;  // by key
  std::unordered_set<std::string> names_;                   // with endings in small letters
};

}  // namespace

bool is_plain(std::string_view name) {
  const fs::path path(name);
  return !name.empty() && !name.ends_with('/') && path.is_relative() &&
         path.lexically_normal().native() == name && name != "." && *path.begin() != "..";
}

Result<std::int32_t> tar_label(std::span<const std::uint8_t> content) {
  constexpr std::size_t kMostBytes = 64;
  if (content.empty() || content.size() > kMostBytes) {
    return SampleError{.fault = Fault::malformed,
                       .reason = "label of an impossible size: expected 1 to " +
                                 std::to_string(kMostBytes) + " bytes, found " +
                                 std::to_string(content.size())};
  }
  std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  constexpr std::string_view kSpace = " \r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  text = text.substr(0, text.find_last_not_of(kSpace) + 1);
  std::int32_t label = -1;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, label);
  if (error == std::errc() && stop == end && label >= -1 && label < kMostClasses) return label;
  return SampleError{.fault = Fault::malformed,
                     .reason = "label out of range: expected -1 to " +
                               std::to_string(kMostClasses - 1) + ", found " + shown(text)};
}

std::vector<TarSample> tar_samples(std::span<const std::uint8_t> bytes, const std::string& path) {
  Members members(bytes, path);
  Samples samples(bytes, path);
  Member member;
  while (members.next(member)) samples.add(member);
  return samples.take();
}

}  // namespace inflow
