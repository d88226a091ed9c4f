#include "tools/training/audit/audit_test.hpp"

namespace inflow::tools {
namespace {

using testing::HasSubstr;

class AuditRefusalsTest : public AuditTest {
 protected:
  // All of these are found before there is a directory.
  void expect_refused(std::vector<std::string> arguments, int exit_code,
                      const std::string& message) const {
    expect_failure(run(std::move(arguments)), exit_code, message);
    EXPECT_FALSE(exists("out"));
  }
};

TEST_F(AuditRefusalsTest, SetsThatAreNotThere) {
  expect_refused(audit("gone.npz", "out"), 6, "POOL: no such file or folder: gone.npz");
  expect_refused({"audit", "good.bin", "--real", "gone", "--out", "out"}, 6,
                 "--real: no such file or folder: gone");
}

TEST_F(AuditRefusalsTest, SetsThatAreNoSets) {
  write_file(directory_ / "notes.md", "not a set");
  expect_refused(audit("notes.md", "out"), 2,
                 "POOL: expected a folder, a file ending in .npz, .npy, .tar, .tar.gz, .tgz, .txt, "
                 ".bin or -idx3-ubyte (.gz), a settings file, or settings such as {type: npz, "
                 "path: pool.npz}, found: notes.md");
  write_file(directory_ / "seed.yaml", "seed: 3\n");
  EXPECT_THAT(run(audit("seed.yaml", "out")).err,
              HasSubstr("seed.yaml: source.type: expected one of idx, "));
  std::filesystem::create_directory(directory_ / "nothing");
  const ProgramEnd end = run(audit("nothing", "out"));
  EXPECT_EQ(end.exit_code, 6);
  EXPECT_THAT(end.err, HasSubstr("holds no pictures"));
  const ProgramEnd typo = run(audit("{type: npzz, path: a}", "out"));
  EXPECT_EQ(typo.exit_code, 2);
  EXPECT_THAT(typo.err, HasSubstr("POOL"));
  EXPECT_THAT(typo.err, HasSubstr("unknown source: npzz (did you mean npz?)"));
}

TEST_F(AuditRefusalsTest, TooFewImages) {
  write_file(directory_ / "few.bin", scenes(0, 19));
  expect_failure(run(audit("few.bin", "out", {"--quiet"})), 6,
                 "too few images to audit in pool: expected 20 that can be read, found 19 of 19");
}

TEST_F(AuditRefusalsTest, EncodersThatAreNone) {
  expect_refused(audit("good.bin", "out", {"--encoder", "nowhere"}), 6,
                 "neither the directory of a run nor an exported encoder: nowhere");
  write_file(directory_ / "damaged/manifest.json", "{");
  write_file(directory_ / "damaged/encoder.safetensors", "x");
  const ProgramEnd end = run(audit("good.bin", "out", {"--encoder", "damaged"}));
  EXPECT_EQ(end.exit_code, 6);
  EXPECT_THAT(end.err, HasSubstr("error: exported encoder cannot be used: "));
  EXPECT_THAT(end.err, HasSubstr(": damaged/manifest.json\n"));
}

TEST_F(AuditRefusalsTest, SettingsThatCannotBe) {
  const ProgramEnd end = run(audit("good.bin", "out", {"--samples", "3", "--set", "warn.recal=1"}));
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.err, HasSubstr("samples: "));
  EXPECT_THAT(end.err, HasSubstr("unknown key: recal (did you mean recall?)"));
  expect_refused(audit("good.bin", "out", {"--set", "fresh_encoder.steps=2"}), 2,
                 "warmup is longer than the run of 2 steps: 4");
}

TEST_F(AuditRefusalsTest, ADirectoryThatIsUsed) {
  write_file(directory_ / "out/notes.txt", "mine");
  expect_failure(run(audit("good.bin", "out", {"--quiet"})), 7,
                 "audit directory is not empty; choose another: out");
  expect_failure(
      run(audit("good.bin", "out", {"--quiet", "--overwrite"})), 7,
      "directory to overwrite holds other things than a pool's audit; choose another: out");
  expect_failure(run(audit("good.bin", "none", {"--quiet", "--resume"})), 7,
                 "directory to resume holds no pool's audit: none");
}

}  // namespace
}  // namespace inflow::tools
