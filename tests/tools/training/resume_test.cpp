#include <fstream>

#include "tools/training/pretrain_test.hpp"

namespace inflow::tools {
namespace {

using support::RunningProgram;
using testing::HasSubstr;

// Runs long enough to be stopped in the middle.
class ResumeTest : public PretrainTest {
 protected:
  static std::vector<std::string> long_run(const std::string& out,
                                           std::vector<std::string> more = {}) {
    more.insert(more.end(),
                {"--set", "training.steps=80", "--set", "training.checkpoint_every=20"});
    return pretrain(out, std::move(more));
  }

  ProgramEnd signaled(int signal, std::ptrdiff_t step, std::vector<std::string> more = {}) const {
    return run_and_signal(long_run("stopped", std::move(more)), "stopped", signal, step);
  }

  void expect_resumed_run_equals_one_that_never_stopped() const {
    ASSERT_EQ(run(long_run("stopped", {"--resume"})).exit_code, 0);
    ASSERT_EQ(run(long_run("whole")).exit_code, 0);
    EXPECT_EQ(steps_of("whole"), 80);
    expect_equal_runs("whole", "stopped");
  }
};

TEST_F(ResumeTest, ARunThatIsKilledAgainAndAgainEndsLikeOneThatNeverStopped) {
  EXPECT_EQ(signaled(SIGKILL, 1).signal, SIGKILL);
  EXPECT_TRUE(std::filesystem::is_empty(directory_ / "stopped/checkpoints"));
  EXPECT_EQ(signaled(SIGKILL, 27, {"--resume"}).signal, SIGKILL);
  EXPECT_TRUE(exists("stopped/checkpoints/step-20.checkpoint"));
  EXPECT_EQ(signaled(SIGKILL, 45, {"--resume"}).signal, SIGKILL);
  EXPECT_TRUE(exists("stopped/checkpoints/step-40.checkpoint"));
  EXPECT_FALSE(exists("stopped/report.html"));
  expect_resumed_run_equals_one_that_never_stopped();
}

// A momentum encoder and a queue are part of what goes on; 48 samples a queue of 40 keys.
TEST_F(ResumeTest, SoDoesOneWithAMomentumEncoderAndAQueue) {
  const std::vector<std::string> moco{
      "--set", "method={type: moco_v2_plus, queue: 40, projector: {hidden: 16, output: 8}}"};
  std::vector<std::string> resumed = moco;
  resumed.emplace_back("--resume");
  EXPECT_EQ(signaled(SIGKILL, 27, moco).signal, SIGKILL);
  EXPECT_TRUE(exists("stopped/checkpoints/step-20.checkpoint"));
  ASSERT_EQ(run(long_run("stopped", resumed)).exit_code, 0);
  ASSERT_EQ(run(long_run("whole", moco)).exit_code, 0);
  EXPECT_EQ(steps_of("whole"), 80);
  EXPECT_THAT(file("whole/metrics.jsonl"), HasSubstr(R"("projection_stddev":)"));
  EXPECT_THAT(file("whole/report.html"), HasSubstr("projection stddev"));
  expect_equal_runs("whole", "stopped");
}

TEST_F(ResumeTest, HalfWrittenFilesOfAKilledRunDoNoHarm) {
  EXPECT_EQ(signaled(SIGKILL, 27).signal, SIGKILL);
  std::ofstream(directory_ / "stopped/metrics.jsonl", std::ios::app) << R"({"step":999,"lo)";
  std::ofstream(directory_ / "stopped/timings.jsonl", std::ios::app) << R"({"st)";
  std::ofstream(directory_ / "stopped/checkpoints/step-40.checkpoint.part") << "half";
  expect_resumed_run_equals_one_that_never_stopped();
}

TEST_F(ResumeTest, CtrlCWritesACheckpointAndSaysHowToGoOn) {
  const ProgramEnd end = signaled(SIGINT, 3);
  EXPECT_EQ(end.exit_code, 130);
  EXPECT_EQ(end.out, "");
  const std::string step = std::to_string(steps_of("stopped"));
  EXPECT_THAT(end.err, HasSubstr("\nstopping after this step; again to abort\n"));
  EXPECT_THAT(end.err, HasSubstr("warning: stopped after step " + step +
                                 "; the same command with --resume goes on\n"));
  EXPECT_TRUE(exists("stopped/checkpoints/step-" + step + ".checkpoint"));
  expect_resumed_run_equals_one_that_never_stopped();
}

TEST_F(ResumeTest, CtrlCDuringTheEvaluationKeepsWhatIsTrained) {
  RunningProgram program(
      {.directory = directory_.path()},
      {"pretrain", "evaluated.yaml", "--out", "run", "--set", "evaluation.few_labels.draws=1000",
       "--set", "evaluation.linear.iterations=10000"});
  EXPECT_TRUE(program.goes_on_until([&] { return exists("run/export"); }));
  program.send(SIGINT);
  const ProgramEnd end = program.wait();
  EXPECT_EQ(end.exit_code, 130);
  EXPECT_THAT(end.err,
              HasSubstr("\ntrained but not finished; the same command with --resume goes on\n"));
  EXPECT_FALSE(exists("run/evaluation.json"));
  const std::string metrics = file("run/metrics.jsonl");
  EXPECT_EQ(run({"pretrain", "evaluated.yaml", "--out", "run", "--resume"}).exit_code, 0);
  EXPECT_TRUE(exists("run/evaluation.json"));
  EXPECT_EQ(file("run/metrics.jsonl"), metrics);
}

TEST_F(ResumeTest, SettingsThatChangeTheResultAreNamed) {
  ASSERT_EQ(run(pretrain("run")).exit_code, 0);
  const std::string before = file("run/metrics.jsonl");
  const ProgramEnd end = run(pretrain("run", {"--resume", "--quiet", "--seed", "4", "--set",
                                              "training.optimizer.lr=0.5", "--threads", "2"}));
  expect_failure(end, 2,
                 "cannot resume with other settings:\n"
                 "  seed: differs from the run that is resumed\n"
                 "  training.optimizer.lr: differs from the run that is resumed");
  EXPECT_EQ(file("run/metrics.jsonl"), before);
}

TEST_F(ResumeTest, LimitsAndWhatIsDiagnosedMayChangeInTheMiddle) {
  EXPECT_EQ(signaled(SIGINT, 3).exit_code, 130);
  EXPECT_EQ(run(long_run("stopped", {"--resume", "--threads", "2", "--set", "limits.buffers=2",
                                     "--set", "diagnosis.images=7"}))
                .exit_code,
            0);
  ASSERT_EQ(run(long_run("whole")).exit_code, 0);
  expect_equal_runs("whole", "stopped");
}

TEST_F(ResumeTest, ACheckpointWithAFlippedByteIsNamedWithTheOneBefore) {
  ASSERT_EQ(run(pretrain("run")).exit_code, 0);
  std::string bytes = file("run/checkpoints/step-12.checkpoint");
  bytes[bytes.size() / 2] ^= 1;
  write_file(directory_ / "run/checkpoints/step-12.checkpoint", bytes);
  const std::string message =
      "checkpoint is damaged, its checksum does not match: run/checkpoints/step-12.checkpoint; "
      "remove it to go on from run/checkpoints/step-8.checkpoint";
  expect_failure(run(pretrain("run", {"--resume", "--quiet"})), 6, message);
  expect_failure(run({"export", "run", "--overwrite"}), 6, message);

  const std::string metrics = file("run/metrics.jsonl");
  std::filesystem::remove(directory_ / "run/checkpoints/step-12.checkpoint");
  EXPECT_EQ(run(pretrain("run", {"--resume"})).exit_code, 0);
  EXPECT_EQ(file("run/metrics.jsonl"), metrics);
}

TEST_F(ResumeTest, WhatIsNoRunCannotBeResumedProbedOrExported) {
  expect_failure(run(pretrain("nowhere", {"--resume", "--quiet"})), 7,
                 "directory to resume holds no run: nowhere");
  expect_failure(run({"probe", "nowhere"}), 6, "not the directory of a run: nowhere");
  expect_failure(run({"export", "nowhere"}), 6, "not the directory of a run: nowhere");
  EXPECT_FALSE(exists("nowhere"));
}

}  // namespace
}  // namespace inflow::tools
