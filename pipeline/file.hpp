#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace inflow {

// An open file, closed at the end. What the operating system refuses is a RuntimeError that names
// the path and its reason.
class File {
 public:
  // `flags` are those of open(2).
  File(std::filesystem::path path, int flags);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  // Writes all of it, at the end of what was written so far.
  void write(std::string_view bytes) const;
  void truncate(std::uint64_t size) const;
  std::uint64_t size() const;
  // Returns when the content is on the disk.
  void sync() const;

  int descriptor() const { return descriptor_; }

  // True if this process now holds the file's lock (flock(2)), which lasts as long as the file is
  // open.
  bool try_lock() const;

 private:
  std::filesystem::path path_;
  int descriptor_;
};

// The whole content, also of a pipe. Throws InputError that names the path, also for folders and
// devices.
std::string read_file(const std::filesystem::path& path);

// Writes the pieces, one after another, as a file that is there whole or not at all, also after a
// crash: to `<path>.part`, synced, renamed, its directory synced. Throws RuntimeError that names
// the path and leaves nothing behind; also where there is a folder, a device or a pipe.
void write_whole(const std::filesystem::path& path, std::span<const std::string_view> pieces);
void write_whole(const std::filesystem::path& path, std::string_view content);

// The same, but not on the disk when it returns: the file is whole after this process was killed,
// and after the machine was if sync_file_system() came in between. For files by the thousand.
void write_whole_unsynced(const std::filesystem::path& path, std::string_view content);

// Appends the text, whole or not at all, to a file that is made if there is none. Throws
// RuntimeError.
void append_whole(const std::filesystem::path& path, std::string_view text);

// Renames a file that was written in another place of the same directory. Throws RuntimeError.
void rename_file(const std::filesystem::path& from, const std::filesystem::path& to);

// Returns when what was written to the file or directory is on the disk.
void sync(const std::filesystem::path& path);

// Returns when all that was written to the file system that holds `path` is on the disk.
void sync_file_system(const std::filesystem::path& path);

}  // namespace inflow
