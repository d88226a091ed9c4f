#include "tools/training/audit/audit_test.hpp"

namespace inflow::tools {
namespace {

using support::RunningProgram;
using testing::HasSubstr;

class AuditResumeTest : public AuditTest {
 protected:
  AuditResumeTest() {
    // Real images of which some cannot be told apart, so that nothing is equal by chance.
    write_file(directory_ / "pool.bin", with_shuffled_pixels(scenes(7, 60)) + scenes(20, 60));
  }

  static std::vector<std::string> long_audit(const std::string& out,
                                             std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--set", "fresh_encoder.steps=80"});
    return audit("pool.bin", out, std::move(more));
  }

  // Once the file is there, with so many lines at least.
  ProgramEnd signaled(int signal, const std::string& name, std::ptrdiff_t lines = 0,
                      std::vector<std::string> more = {}) const {
    RunningProgram program({.directory = directory_.path()},
                           long_audit("stopped", std::move(more)));
    EXPECT_TRUE(program.goes_on_until([&] {
      return exists("stopped/" + name) &&
             std::ranges::count(file("stopped/" + name), '\n') >= lines;
    })) << name;
    program.send(signal);
    return program.wait();
  }

  void expect_equal_audits() const {
    const ProgramEnd end = run(long_audit("stopped", {"--resume"}));
    ASSERT_EQ(end.exit_code, 0) << end.err;
    ASSERT_EQ(run(long_audit("whole")).exit_code, 0);
    EXPECT_EQ(file("stopped/audit.json"), file("whole/audit.json"));
    EXPECT_TRUE(file("stopped/stages/pool.features") == file("whole/stages/pool.features"));
    EXPECT_GE(findings("whole")["warnings"].size(), 2U);
  }
};

TEST_F(AuditResumeTest, AnAuditThatIsKilledAgainAndAgainEndsLikeOneThatNeverStopped) {
  EXPECT_EQ(signaled(SIGKILL, "audit.lock").signal, SIGKILL);
  EXPECT_EQ(signaled(SIGKILL, "stages/pictures.json", 0, {"--resume"}).signal, SIGKILL);
  EXPECT_EQ(signaled(SIGKILL, "encoder/metrics.jsonl", 15, {"--resume"}).signal, SIGKILL);
  EXPECT_EQ(signaled(SIGKILL, "encoder/metrics.jsonl", 40, {"--resume"}).signal, SIGKILL);
  EXPECT_FALSE(exists("stopped/stages/pool.features"));
  EXPECT_EQ(signaled(SIGKILL, "stages/pool.features", 0, {"--resume"}).signal, SIGKILL);
  EXPECT_EQ(signaled(SIGKILL, "stages/frechet.json", 0, {"--resume"}).signal, SIGKILL);
  EXPECT_FALSE(exists("stopped/audit.json"));
  expect_equal_audits();
}

TEST_F(AuditResumeTest, CtrlCInTrainingWritesACheckpointAndSaysHowToGoOn) {
  const ProgramEnd end = signaled(SIGINT, "encoder/metrics.jsonl", 8);
  EXPECT_EQ(end.exit_code, 130);
  EXPECT_EQ(end.out, "");
  EXPECT_THAT(end.err, HasSubstr("warning: the audit is not finished; the same command with "
                                 "--resume goes on\n"));
  expect_equal_audits();
}

TEST_F(AuditResumeTest, CtrlCElsewhereEndsAtOnceAndSaysHowToGoOn) {
  const ProgramEnd end = signaled(SIGINT, "stages/pool.features");
  EXPECT_EQ(end.exit_code, 130);
  EXPECT_THAT(end.err,
              HasSubstr("the audit is not finished; the same command with --resume goes on\n"));
  expect_equal_audits();
}

TEST_F(AuditResumeTest, AFinishedAuditPrintsItsTableAgain) {
  const ProgramEnd first = run(audit("good.bin", "out"));
  ASSERT_EQ(first.exit_code, 0);
  const ProgramEnd again = run(audit("good.bin", "out", {"--resume"}));
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.out, first.out);
  EXPECT_THAT(again.err, testing::Not(HasSubstr("measuring")));
}

TEST_F(AuditResumeTest, SettingsThatChangeFindingsAreNamed) {
  ASSERT_EQ(run(audit("good.bin", "out")).exit_code, 0);
  const std::string before = file("out/audit.json");
  expect_failure(run(audit("pool.bin", "out",
                           {"--resume", "--quiet", "--seed", "4", "--set", "warn.recall=1"})),
                 2,
                 "cannot resume with other settings:\n"
                 "  pool.files.0: differs from the run that is resumed\n"
                 "  seed: differs from the run that is resumed");
  EXPECT_EQ(file("out/audit.json"), before);
}

TEST_F(AuditResumeTest, ThresholdsMayChange) {
  ASSERT_EQ(run(audit("good.bin", "out")).exit_code, 0);
  EXPECT_TRUE(warned_of("out").empty());
  ASSERT_EQ(run(audit("good.bin", "out", {"--resume", "--set", "warn.discriminator=0"})).exit_code,
            0);
  EXPECT_EQ(warned_of("out"), std::vector<std::string>{"discriminator"});
}

TEST_F(AuditResumeTest, ADamagedStageIsNamed) {
  ASSERT_EQ(run(audit("good.bin", "out")).exit_code, 0);
  std::string bytes = file("out/stages/real.features");
  bytes[bytes.size() / 2] ^= 1;
  write_file(directory_ / "out/stages/real.features", bytes);
  expect_failure(run(audit("good.bin", "out", {"--resume", "--quiet"})), 6,
                 "features are damaged, their checksum does not match; remove it to make it again: "
                 "out/stages/real.features");
}

TEST_F(AuditResumeTest, AnotherEncoderIsRefused) {
  ASSERT_EQ(run(audit("good.bin", "first")).exit_code, 0);
  ASSERT_EQ(run(audit("good.bin", "out", {"--encoder", "first/encoder"})).exit_code, 0);
  ASSERT_EQ(run(audit("good.bin", "first", {"--overwrite", "--seed", "9"})).exit_code, 0);
  expect_failure(
      run(audit("good.bin", "out", {"--encoder", "first/encoder", "--resume", "--quiet"})), 2,
      "the encoder is another than that of the audit that is resumed: first/encoder");
}

}  // namespace
}  // namespace inflow::tools
