#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace inflow {

class File;

// Makes the directory and those it lies in; throws OutputError that calls it `name`.
void make_directory(const std::filesystem::path& path, const std::string& name);

// What an existing directory may be used for.
enum class RunMode : std::uint8_t { fresh, resume, overwrite };

// What messages about a directory call it, and the file that is locked.
struct DirectoryKind {
  std::string name;     // "run directory"
  std::string content;  // what it holds: "run"
  std::string lock;     // its presence is what makes a directory one of these
};

// A directory that results are written to by one process at a time. Meanwhile the lock file holds
// the number of that process.
class LockedDirectory {
 public:
  // Whether a directory that is not empty may be fresh all the same.
  using Shared = std::function<bool(const std::filesystem::path&)>;

  // Makes and locks the directory. `fresh` refuses one that is not empty, `overwrite` empties one
  // of its kind (and refuses any other), `resume` needs one of its kind. Throws OutputError that
  // names the path, and says what to do, where it is refused or another process uses it.
  LockedDirectory(std::filesystem::path path, RunMode mode, DirectoryKind kind,
                  const Shared& shared = {});
  ~LockedDirectory();
  LockedDirectory(const LockedDirectory&) = delete;
  LockedDirectory& operator=(const LockedDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  void refuse_unless_usable(RunMode mode, const Shared& shared) const;
  void lock();
  void empty_but_for_lock() const;

  std::filesystem::path path_;
  DirectoryKind kind_;
  std::unique_ptr<File> lock_;
};

}  // namespace inflow
