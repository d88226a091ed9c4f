#include <sched.h>
#include <sys/mount.h>

#include "tools/training/pretrain_test.hpp"

namespace inflow::tools {
namespace {

using testing::ContainsRegex;

// A small file system in memory, seen by this process and its children alone; only root may have
// one.
class SmallDisk {
 public:
  SmallDisk(const std::filesystem::path& at, const std::string& size) : at_(at) {
    std::filesystem::create_directories(at);
    mounted_ = unshare(CLONE_NEWNS) == 0 &&
               ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               ::mount("tmpfs", at_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount(at_.c_str());
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  bool grow(const std::string& size) const {
    return ::mount("tmpfs", at_.c_str(), "tmpfs", MS_REMOUNT, ("size=" + size).c_str()) == 0;
  }

 private:
  std::filesystem::path at_;
  bool mounted_ = false;
};

class FullDiskTest : public PretrainTest {
 protected:
  void expect_no_part_files(const std::string& run) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory_ / run)) {
      EXPECT_NE(entry.path().extension(), ".part") << entry.path();
    }
  }

  std::uintmax_t checkpoint_size() const {
    return std::filesystem::file_size(directory_ / "whole/checkpoints/step-12.checkpoint");
  }
};

TEST_F(FullDiskTest, NothingIsLostAndTheRunGoesOnWhenThereIsSpaceAgain) {
  ASSERT_EQ(run(pretrain("whole")).exit_code, 0);
  // Space for one checkpoint and a half.
  const SmallDisk disk(directory_ / "disk", std::to_string(checkpoint_size() * 3 / 2 / 1024) + "k");
  if (!disk.mounted()) GTEST_SKIP() << "only root may mount a small disk";

  const ProgramEnd end = run(pretrain("disk/run", {"--quiet"}));
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_EQ(end.out, "");
  EXPECT_THAT(end.err,
              ContainsRegex("^error: cannot write: disk/run/.*: No space left on device\n$"));
  EXPECT_TRUE(exists("disk/run/checkpoints/step-4.checkpoint"));
  expect_no_part_files("disk/run");

  ASSERT_TRUE(disk.grow("64m"));
  const ProgramEnd resumed = run(pretrain("disk/run", {"--resume"}));
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, testing::HasSubstr("info: resuming after step 4\n"));
  expect_equal_runs("whole", "disk/run");
}

TEST_F(FullDiskTest, ACheckpointThatCannotBeWrittenLeavesTheOneBefore) {
  ASSERT_EQ(run(pretrain("whole")).exit_code, 0);
  std::filesystem::copy(directory_ / "whole", directory_ / "run",
                        std::filesystem::copy_options::recursive);
  for (const std::string later : {"run/checkpoints/step-12.checkpoint", "run/report.html"}) {
    std::filesystem::remove(directory_ / later);
  }
  const ProgramEnd end =
      support::run_program({.directory = directory_.path(), .largest_file = checkpoint_size() / 2},
                           pretrain("run", {"--resume", "--quiet"}));
  expect_failure(end, 1, "cannot write: run/checkpoints/step-12.checkpoint.part: File too large");
  EXPECT_TRUE(file("run/checkpoints/step-8.checkpoint") ==
              file("whole/checkpoints/step-8.checkpoint"));
  expect_no_part_files("run");

  EXPECT_EQ(run(pretrain("run", {"--resume"})).exit_code, 0);
  expect_equal_runs("whole", "run");
}

}  // namespace
}  // namespace inflow::tools
