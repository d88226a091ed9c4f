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

RunDirectory::RunDirectory(fs::path path, RunMode mode)
    : directory_(std::move(path), mode,
                 {.name = "run directory", .content = "run", .lock = "run.lock"}) {
  make_directory(this->path() / kCheckpoints, "run directory");
}

void RunDirectory::write(std::string_view name, std::string_view content) const {
  write_whole(path() / name, content);
}

std::string RunDirectory::read(std::string_view name) const { return read_file(path() / name); }

void RunDirectory::append(std::string_view name, std::string_view line) const {
  append_whole(path() / name, std::string(line) + "\n");
}

void RunDirectory::keep_lines(std::string_view name, std::int64_t lines) const {
  const fs::path path = this->path() / name;
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
  for (const fs::directory_entry& entry : fs::directory_iterator(path())) {
    if (entry.path().extension() == ".jsonl") sync(entry.path());
  }
  sync(path());
  const std::string name =
      std::string(kPrefix) + std::to_string(checkpoint.step) + std::string(kSuffix);
  write_checkpoint(path() / kCheckpoints / name, checkpoint);
  const std::vector<SavedStep> saved = saved_steps(path());
  for (std::size_t i = static_cast<std::size_t>(keep); i < saved.size(); ++i) {
    std::error_code left_over;  // costs space only
    fs::remove(saved[i].path, left_over);
  }
}

std::optional<Checkpoint> RunDirectory::newest() const { return newest_checkpoint(path()); }

std::optional<Checkpoint> newest_checkpoint(const fs::path& run) {
  std::vector<SavedStep> saved = saved_steps(run);
  if (saved.empty()) return std::nullopt;
  try {
    return read_checkpoint(saved.front().path);
  } catch (const InputError& error) {
    saved.erase(saved.begin());
    throw InputError(std::string(error.what()) + "; " + way_out(saved));
  }
}

}  // namespace inflow
