#include "inflow/pipeline/locked_directory.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/file.hpp"

namespace inflow {

namespace fs = std::filesystem;

void make_directory(const fs::path& path, const std::string& name) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error)
    throw OutputError("cannot make " + name + ": " + path.string() + ": " + error.message());
}

LockedDirectory::LockedDirectory(fs::path path, RunMode mode, DirectoryKind kind,
                                 const Shared& shared)
    : path_(std::move(path)), kind_(std::move(kind)) {
  if (!fs::exists(path_ / kind_.lock)) refuse_unless_usable(mode, shared);
  make_directory(path_, kind_.name);
  lock();
  // Again, since another process may have used it before this one had the lock.
  refuse_unless_usable(mode, shared);
  lock_->truncate(0);
  lock_->write(std::to_string(::getpid()));
  if (mode == RunMode::overwrite) empty_but_for_lock();
}

LockedDirectory::~LockedDirectory() {
  try {
    lock_->truncate(0);
  } catch (const RuntimeError&) {  // a number that is left behind misleads nobody
  }
}

void LockedDirectory::refuse_unless_usable(RunMode mode, const Shared& shared) const {
  const bool is_one = fs::exists(path_ / kind_.lock);
  if (fs::exists(path_) && !fs::is_directory(path_))
    throw OutputError(kind_.name + " is a file: " + path_.string());
  const bool is_used =
      fs::exists(path_) &&
      std::ranges::any_of(fs::directory_iterator(path_), [&](const fs::directory_entry& entry) {
        return entry.path().filename() != kind_.lock;
      });
  if (mode == RunMode::fresh && is_used && !(shared && shared(path_))) {
    throw OutputError(kind_.name +
                      (is_one ? " holds a " + kind_.content +
                                    " already; resume it, overwrite it or choose another: "
                              : " is not empty; choose another: ") +
                      path_.string());
  }
  if (mode == RunMode::overwrite && is_used && !is_one) {
    throw OutputError("directory to overwrite holds other things than a " + kind_.content +
                      "; choose another: " + path_.string());
  }
  if (mode == RunMode::resume && !is_one)
    throw OutputError("directory to resume holds no " + kind_.content + ": " + path_.string());
}

void LockedDirectory::lock() {
  lock_ = std::make_unique<File>(path_ / kind_.lock, O_RDWR | O_CREAT);
  if (lock_->try_lock()) return;
  throw OutputError(kind_.name + " is in use by process " + read_file(path_ / kind_.lock) + ": " +
                    path_.string());
}

void LockedDirectory::empty_but_for_lock() const {
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    if (entry.path().filename() == kind_.lock) continue;
    std::error_code error;
    fs::remove_all(entry.path(), error);
    if (error) {
      throw OutputError("cannot empty " + kind_.name + ": " + entry.path().string() + ": " +
                        error.message());
    }
  }
}

}  // namespace inflow
