#include "tools/training/pretrain_test.hpp"

namespace inflow::tools {
namespace {

using support::RunningProgram;

using RunDirectoryUseTest = PretrainTest;

TEST_F(RunDirectoryUseTest, ADirectoryWithOtherThingsIsRefusedAndLeftAlone) {
  write_file(directory_ / "run/thesis.tex", "years of work");
  expect_failure(run(pretrain("run", {"--quiet"})), 7,
                 "run directory is not empty; choose another: run");
  expect_failure(run(pretrain("run", {"--quiet", "--overwrite"})), 7,
                 "directory to overwrite holds other things than a run; choose another: run");
  EXPECT_EQ(file("run/thesis.tex"), "years of work");
}

TEST_F(RunDirectoryUseTest, ARunIsReplacedOnlyIfToldSo) {
  ASSERT_EQ(run(pretrain("run")).exit_code, 0);
  expect_failure(
      run(pretrain("run", {"--quiet"})), 7,
      "run directory holds a run already; resume it, overwrite it or choose another: run");
  EXPECT_EQ(steps_of("run"), 12);
  EXPECT_EQ(run(pretrain("run", {"--overwrite", "--set", "training.steps=2"})).exit_code, 0);
  EXPECT_EQ(steps_of("run"), 2);
  EXPECT_FALSE(exists("run/checkpoints/step-12.checkpoint"));
}

TEST_F(RunDirectoryUseTest, ResumingAndOverwritingExcludeEachOther) {
  const ProgramEnd end = run(pretrain("run", {"--overwrite", "--resume"}));
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_EQ(end.out, "");
  EXPECT_THAT(end.err, testing::HasSubstr("--resume excludes --overwrite"));
  EXPECT_FALSE(exists("run"));
}

TEST_F(RunDirectoryUseTest, ADirectoryInUseIsRefusedWithTheProcessThatUsesIt) {
  RunningProgram first({.directory = directory_.path()},
                       pretrain("run", {"--set", "training.steps=1000000"}));
  ASSERT_TRUE(first.goes_on_until([&] { return steps_of("run") >= 1; }));
  const std::string message =
      "run directory is in use by process " + std::to_string(first.process()) + ": run";
  expect_failure(run(pretrain("run", {"--quiet"})), 7, message);
  expect_failure(run(pretrain("run", {"--quiet", "--resume"})), 7, message);
  expect_failure(run(pretrain("run", {"--quiet", "--overwrite"})), 7, message);
  const std::ptrdiff_t steps = steps_of("run");
  EXPECT_TRUE(first.goes_on_until([&] { return steps_of("run") > steps; }));
}

}  // namespace
}  // namespace inflow::tools
