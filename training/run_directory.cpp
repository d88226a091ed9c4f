#include "inflow/training/run_directory.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/file.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

// Its presence is what makes a directory one of a run; it holds the number of the process that has
// it locked.
constexpr std::string_view kLock = "run.lock";
constexpr std::string_view kCheckpoints = "checkpoints";
constexpr std::string_view kPrefix = "step-";
constexpr std::string_view kSuffix = ".checkpoint";

struct SavedStep {
  std::int64_t step = 0;
  fs::path path;
};

// Newest first.
std::vector<SavedStep> saved_steps(const fs::path& run) {
  std::vector<SavedStep> saved;
  std::error_code missing;
  for (const fs::directory_entry& entry : fs::directory_iterator(run / kCheckpoints, missing)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
    const char* end = name.data() + name.size() - kSuffix.size();
    std::int64_t step = 0;
    const auto [stop, error] = std::from_chars(name.data() + kPrefix.size(), end, step);
    if (error == std::errc{} && stop == end) saved.push_back({step, entry.path()});
  }
  std::ranges::sort(saved, std::greater{}, &SavedStep::step);
  return saved;
}

bool holds_other_than_lock(const fs::path& path) {
  return std::ranges::any_of(fs::directory_iterator(path), [](const fs::directory_entry& entry) {
    return entry.path().filename() != kLock;
  });
}

void refuse_unless_usable(const fs::path& path, RunMode mode) {
  const bool is_run = fs::exists(path / kLock);
  if (fs::exists(path) && !fs::is_directory(path)) {
    throw OutputError("run directory is a file: " + path.string());
  }
  const bool is_used = fs::exists(path) && holds_other_than_lock(path);
  if (mode == RunMode::fresh && is_used) {
    throw OutputError(
        is_run ? "run directory holds a run already; resume it, overwrite it or choose another: " +
                     path.string()
               : "run directory is not empty; choose another: " + path.string());
  }
  if (mode == RunMode::overwrite && is_used && !is_run) {
    throw OutputError("directory to overwrite holds other things than a run; choose another: " +
                      path.string());
  }
  if (mode == RunMode::resume && !is_run)
    throw OutputError("directory to resume holds no run: " + path.string());
}

void make_directory(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error)
    throw OutputError("cannot make run directory: " + path.string() + ": " + error.message());
}

void empty_but_for_lock(const fs::path& path) {
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    if (entry.path().filename() == kLock) continue;
    std::error_code error;
    fs::remove_all(entry.path(), error);
    if (error)
      throw OutputError("cannot empty run directory: " + entry.path().string() + ": " +
                        error.message());
  }
}

// What can be done about a damaged newest checkpoint.
std::string way_out(const std::vector<SavedStep>& older) {
  for (const SavedStep& saved : older) {
    try {
      read_checkpoint(saved.path);
      return "remove it to go on from " + saved.path.string();
    } catch (const InputError&) {
      continue;
    }
  }
  return "no older one can be used";
}

}  // namespace

RunDirectory::RunDirectory(fs::path path, RunMode mode) : path_(std::move(path)) {
  if (!fs::exists(path_ / kLock)) refuse_unless_usable(path_, mode);
  make_directory(path_);
  lock_ = std::make_unique<File>(path_ / kLock, O_RDWR | O_CREAT);
  if (!lock_->try_lock()) {
    throw OutputError("run directory is in use by process " + read_file(path_ / kLock) + ": " +
                      path_.string());
  }
  // Again, since another process may have used it before this one had the lock.
  refuse_unless_usable(path_, mode);
  lock_->truncate(0);
  lock_->write(std::to_string(::getpid()));
  if (mode == RunMode::overwrite) empty_but_for_lock(path_);
  make_directory(path_ / kCheckpoints);
}

RunDirectory::~RunDirectory() = default;

void RunDirectory::write(std::string_view name, std::string_view content) const {
  write_whole(path_ / name, content);
}

std::string RunDirectory::read(std::string_view name) const { return read_file(path_ / name); }

void RunDirectory::append(std::string_view name, std::string_view line) const {
  const File file(path_ / name, O_WRONLY | O_CREAT | O_APPEND);
  const std::uint64_t before = file.size();
  try {
    file.write(std::string(line) + "\n");
  } catch (const RuntimeError&) {
    file.truncate(before);
    throw;
  }
}

void RunDirectory::keep_lines(std::string_view name, std::int64_t lines) const {
  const fs::path path = path_ / name;
  const std::string content = fs::exists(path) ? read(name) : std::string();
  std::size_t end = 0;
  for (std::int64_t line = 0; line < lines; ++line) {
    const std::size_t stop = content.find('\n', end);
    if (stop == std::string::npos) {
      throw InputError("file has " + std::to_string(line) + " lines, expected " +
                       std::to_string(lines) + " or more: " + path.string());
    }
    end = stop + 1;
  }
  if (end == content.size()) return;
  const File file(path, O_WRONLY);
  file.truncate(end);
  file.sync();
}

void RunDirectory::save(const Checkpoint& checkpoint, int keep) const {
  // A checkpoint promises that the lines up to its step are there after a crash.
  for (const fs::directory_entry& entry : fs::directory_iterator(path_)) {
    if (entry.path().extension() == ".jsonl") sync(entry.path());
  }
  sync(path_);
  const std::string name =
      std::string(kPrefix) + std::to_string(checkpoint.step) + std::string(kSuffix);
  write_checkpoint(path_ / kCheckpoints / name, checkpoint);
  const std::vector<SavedStep> saved = saved_steps(path_);
  for (std::size_t i = static_cast<std::size_t>(keep); i < saved.size(); ++i) {
    std::error_code left_over;  // costs space only
    fs::remove(saved[i].path, left_over);
  }
}

std::optional<Checkpoint> RunDirectory::newest() const {
  std::vector<SavedStep> saved = saved_steps(path_);
  if (saved.empty()) return std::nullopt;
  try {
    return read_checkpoint(saved.front().path);
  } catch (const InputError& error) {
    saved.erase(saved.begin());
    throw InputError(std::string(error.what()) + "; " + way_out(saved));
  }
}

}  // namespace inflow
