#include "inflow/pipeline/file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(std::string_view what, const fs::path& path, int error) {
  throw RuntimeError(std::string(what) + ": " + path.string() + ": " + std::strerror(error));
}

// Renaming would put a file in the place of a device or a pipe.
void expect_file_or_nothing(const fs::path& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0 || S_ISREG(about.st_mode)) return;
  if (S_ISDIR(about.st_mode)) refuse("cannot write", path, EISDIR);
  throw RuntimeError("cannot write: " + path.string() +
                     ": expected a file, found a device or pipe");
}

void write_and_rename(const fs::path& path, std::span<const std::string_view> pieces, bool synced) {
  expect_file_or_nothing(path);
  const fs::path part = path.string() + ".part";
  try {
    const File file(part, O_WRONLY | O_CREAT | O_TRUNC);
    for (const std::string_view piece : pieces) file.write(piece);
    if (synced) file.sync();
    if (::rename(part.c_str(), path.c_str()) != 0) refuse("cannot write", path, errno);
  } catch (const RuntimeError&) {
    ::unlink(part.c_str());
    throw;
  }
}

}  // namespace

File::File(fs::path path, int flags)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), flags | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) refuse("cannot open", path_, errno);
}

File::~File() { ::close(descriptor_); }

void File::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == 0 || errno != EINTR) {
      refuse("cannot write", path_, written == 0 ? ENOSPC : errno);
    }
  }
}

void File::truncate(std::uint64_t size) const {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0)
    refuse("cannot shorten", path_, errno);
}

std::uint64_t File::size() const {
  struct stat about {};
  if (::fstat(descriptor_, &about) != 0) refuse("cannot look at", path_, errno);
  return static_cast<std::uint64_t>(about.st_size);
}

void File::sync() const {
  if (::fsync(descriptor_) != 0) refuse("cannot write", path_, errno);
}

bool File::try_lock() const {
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  refuse("cannot lock", path_, errno);
}

std::string read_file(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const auto refuse_to_read = [&](const std::string& why) {
    throw InputError("cannot read: " + path.string() + ": " + why);
  };
  if (fs::is_directory(status)) refuse_to_read("expected a file, found a folder");
  // Some have no end.
  if (fs::is_character_file(status) || fs::is_block_file(status))
    refuse_to_read("expected a file, found a device");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string content;
  // Iterators over the stream would throw what a failure looks like inside the library.
  std::array<char, 4096> piece{};
  do {
    file.read(piece.data(), piece.size());
    content.append(piece.data(), static_cast<std::size_t>(file.gcount()));
  } while (file);
  if (!file.is_open() || file.bad()) refuse_to_read(std::strerror(errno != 0 ? errno : EIO));
  return content;
}

void write_whole(const fs::path& path, std::span<const std::string_view> pieces) {
  write_and_rename(path, pieces, /*synced=*/true);
  sync(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

void write_whole(const fs::path& path, std::string_view content) {
  write_whole(path, std::span(&content, 1));
}

void write_whole_unsynced(const fs::path& path, std::string_view content) {
  write_and_rename(path, std::span(&content, 1), /*synced=*/false);
}

void append_whole(const fs::path& path, std::string_view text) {
  const File file(path, O_WRONLY | O_CREAT | O_APPEND);
  const std::uint64_t before = file.size();
  try {
    file.write(text);
  } catch (const RuntimeError&) {
    file.truncate(before);
    throw;
  }
}

void rename_file(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) refuse("cannot write", to, errno);
}

void sync(const fs::path& path) { File(path, O_RDONLY).sync(); }

void sync_file_system(const fs::path& path) {
  if (::syncfs(File(path, O_RDONLY).descriptor()) != 0) refuse("cannot write", path, errno);
}

}  // namespace inflow
