// What is written when there is no space left. A limit on the size of files stands in for the full
// disk: from the same system call comes the same kind of refusal, after some bytes were taken, and
// no mount is needed.

#include <csignal>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/training/checkpoint.hpp"
#include "inflow/training/run_directory.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::TemporaryDirectory;

// Files of this process can hold no more than `bytes` until the end of the scope.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

std::size_t files_in(const std::filesystem::path& path) {
  const auto files = std::filesystem::directory_iterator(path);
  return static_cast<std::size_t>(std::distance(begin(files), end(files)));
}

TEST(FullDisk, ACheckpointLeavesTheOldOneAndNothingElse) {
  const TemporaryDirectory directory;
  const auto path = directory / "step-1.checkpoint";
  write_checkpoint(path, {.step = 1, .tensors = "old"});
  {
    const FileSizeLimit limit(4096);
    EXPECT_EQ(message_of<RuntimeError>(
                  [&] { write_checkpoint(path, {.step = 1, .tensors = std::string(10000, 'x')}); }),
              "cannot write: " + path.string() + ".part: File too large");
  }
  EXPECT_EQ(read_checkpoint(path).tensors, "old");
  EXPECT_EQ(files_in(directory.path()), 1U);
}

TEST(FullDisk, ALineIsWrittenWholeOrNotAtAll) {
  const TemporaryDirectory directory;
  const RunDirectory run(directory / "run", RunMode::fresh);
  run.append("metrics.jsonl", std::string(4000, 'a'));
  {
    const FileSizeLimit limit(4096);
    EXPECT_EQ(
        message_of<RuntimeError>([&] { run.append("metrics.jsonl", std::string(4000, 'b')); }),
        "cannot write: " + (run.path() / "metrics.jsonl").string() + ": File too large");
  }
  EXPECT_EQ(run.read("metrics.jsonl"), std::string(4000, 'a') + "\n");
}

TEST(FullDisk, AFileOfTheRunStaysAsItWas) {
  const TemporaryDirectory directory;
  const RunDirectory run(directory / "run", RunMode::fresh);
  run.write("report.html", "old");
  {
    const FileSizeLimit limit(4096);
    EXPECT_THROW(run.write("report.html", std::string(5000, 'x')), RuntimeError);
  }
  EXPECT_EQ(run.read("report.html"), "old");
  EXPECT_FALSE(std::filesystem::exists(run.path() / "report.html.part"));
}

TEST(FullDisk, ADeviceWithoutSpaceIsNamed) {
  const File full("/dev/full", O_WRONLY);
  EXPECT_EQ(message_of<RuntimeError>([&] { full.write("bytes"); }),
            "cannot write: /dev/full: No space left on device");
}

}  // namespace
}  // namespace inflow
