#include "inflow/training/run_directory.hpp"

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "inflow/ops/error.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;
using support::message_of;
using support::TemporaryDirectory;

class RunDirectoryTest : public testing::Test {
 protected:
  std::string refusal(RunMode mode) {
    return message_of<OutputError>([&] { RunDirectory(path_, mode); });
  }

  void damage(const fs::path& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(40);
    file.put('#');
  }

  TemporaryDirectory directory_;
  fs::path path_ = directory_ / "a" / "run";
};

TEST_F(RunDirectoryTest, FreshOnesAreMade) {
  const RunDirectory run(path_, RunMode::fresh);
  EXPECT_EQ(run.path(), path_);
  EXPECT_TRUE(fs::is_directory(path_ / "checkpoints"));
}

TEST_F(RunDirectoryTest, EmptyOnesAreTaken) {
  fs::create_directories(path_);
  EXPECT_NO_THROW(RunDirectory(path_, RunMode::fresh));
}

TEST_F(RunDirectoryTest, FreshRefusesARun) {
  { RunDirectory(path_, RunMode::fresh).write("resolved.yaml", "seed: 1\n"); }
  EXPECT_EQ(refusal(RunMode::fresh),
            "run directory holds a run already; resume it, overwrite it or choose another: " +
                path_.string());
}

TEST_F(RunDirectoryTest, FreshRefusesOtherThingsAndLeavesThem) {
  fs::create_directories(path_);
  std::ofstream(path_ / "thesis.tex") << "years of work";
  EXPECT_EQ(refusal(RunMode::fresh),
            "run directory is not empty; choose another: " + path_.string());
  EXPECT_EQ(
      refusal(RunMode::overwrite),
      "directory to overwrite holds other things than a run; choose another: " + path_.string());
  EXPECT_EQ(refusal(RunMode::resume), "directory to resume holds no run: " + path_.string());
  EXPECT_TRUE(fs::exists(path_ / "thesis.tex"));
  EXPECT_FALSE(fs::exists(path_ / "run.lock"));
}

TEST_F(RunDirectoryTest, ResumeNeedsADirectory) {
  EXPECT_EQ(refusal(RunMode::resume), "directory to resume holds no run: " + path_.string());
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(RunDirectoryTest, FilesAreNoDirectories) {
  fs::create_directories(path_.parent_path());
  std::ofstream(path_) << "file";
  EXPECT_EQ(refusal(RunMode::fresh), "run directory is a file: " + path_.string());
}

TEST_F(RunDirectoryTest, ResumeKeepsAndOverwriteEmpties) {
  {
    const RunDirectory run(path_, RunMode::fresh);
    run.write("resolved.yaml", "seed: 1\n");
    run.save({.step = 3}, 2);
  }
  { EXPECT_EQ(RunDirectory(path_, RunMode::resume).read("resolved.yaml"), "seed: 1\n"); }
  const RunDirectory run(path_, RunMode::overwrite);
  EXPECT_FALSE(fs::exists(path_ / "resolved.yaml"));
  EXPECT_FALSE(run.newest().has_value());
  EXPECT_TRUE(fs::is_directory(path_ / "checkpoints"));
}

TEST_F(RunDirectoryTest, OneUserAtATime) {
  const RunDirectory run(path_, RunMode::fresh);
  const std::string expected =
      "run directory is in use by process " + std::to_string(::getpid()) + ": " + path_.string();
  EXPECT_EQ(refusal(RunMode::fresh), expected);
  EXPECT_EQ(refusal(RunMode::resume), expected);
  EXPECT_EQ(refusal(RunMode::overwrite), expected);
}

TEST_F(RunDirectoryTest, IsFreeAgainAfterItsUser) {
  { const RunDirectory run(path_, RunMode::fresh); }
  EXPECT_NO_THROW(RunDirectory(path_, RunMode::resume));
}

TEST_F(RunDirectoryTest, WritesReplaceWholeFiles) {
  const RunDirectory run(path_, RunMode::fresh);
  run.write("versions.json", "{\"long\": \"content\"}");
  run.write("versions.json", "{}");
  EXPECT_EQ(run.read("versions.json"), "{}");
  EXPECT_FALSE(fs::exists(path_ / "versions.json.part"));
}

TEST_F(RunDirectoryTest, MissingFilesAreNamed) {
  const RunDirectory run(path_, RunMode::fresh);
  EXPECT_EQ(message_of<InputError>([&] { std::ignore = run.read("evaluation.json"); }),
            "cannot read: " + (path_ / "evaluation.json").string() + ": No such file or directory");
}

TEST_F(RunDirectoryTest, LinesAreAppendedAndCut) {
  const RunDirectory run(path_, RunMode::fresh);
  for (const std::string line : {"one", "two", "three"}) run.append("metrics.jsonl", line);
  EXPECT_EQ(run.read("metrics.jsonl"), "one\ntwo\nthree\n");
  run.keep_lines("metrics.jsonl", 3);
  EXPECT_EQ(run.read("metrics.jsonl"), "one\ntwo\nthree\n");
  run.keep_lines("metrics.jsonl", 1);
  EXPECT_EQ(run.read("metrics.jsonl"), "one\n");
  run.keep_lines("metrics.jsonl", 0);
  EXPECT_EQ(run.read("metrics.jsonl"), "");
}

TEST_F(RunDirectoryTest, AHalfWrittenLineIsCut) {
  const RunDirectory run(path_, RunMode::fresh);
  run.write("metrics.jsonl", "one\ntwo\nthr");
  run.keep_lines("metrics.jsonl", 2);
  EXPECT_EQ(run.read("metrics.jsonl"), "one\ntwo\n");
}

TEST_F(RunDirectoryTest, LostLinesAreSaid) {
  const RunDirectory run(path_, RunMode::fresh);
  run.append("metrics.jsonl", "one");
  EXPECT_EQ(message_of<InputError>([&] { run.keep_lines("metrics.jsonl", 2); }),
            "file has 1 lines, expected 2 or more: " + (path_ / "metrics.jsonl").string());
  EXPECT_NO_THROW(run.keep_lines("none.jsonl", 0));
}

TEST_F(RunDirectoryTest, TheNewestCheckpointsAreKept) {
  const RunDirectory run(path_, RunMode::fresh);
  EXPECT_FALSE(run.newest().has_value());
  for (const std::int64_t step : {5, 10, 100, 95}) run.save({.step = step}, 2);
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_ / "checkpoints"))
    names.insert(entry.path().filename());
  EXPECT_EQ(names, (std::set<std::string>{"step-100.checkpoint", "step-95.checkpoint"}));
  EXPECT_EQ(run.newest()->step, 100);
}

TEST_F(RunDirectoryTest, DamageNamesTheNewestThatCanBeUsed) {
  const RunDirectory run(path_, RunMode::fresh);
  for (const std::int64_t step : {1, 2, 3, 4}) run.save({.step = step}, 10);
  const fs::path checkpoints = path_ / "checkpoints";
  damage(checkpoints / "step-4.checkpoint");
  damage(checkpoints / "step-3.checkpoint");
  EXPECT_EQ(message_of<InputError>([&] { std::ignore = run.newest(); }),
            "checkpoint is damaged, its checksum does not match: " +
                (checkpoints / "step-4.checkpoint").string() + "; remove it to go on from " +
                (checkpoints / "step-2.checkpoint").string());
  fs::remove(checkpoints / "step-4.checkpoint");
  fs::remove(checkpoints / "step-3.checkpoint");
  EXPECT_EQ(run.newest()->step, 2);
}

TEST_F(RunDirectoryTest, DamageWithoutAWayOutSaysSo) {
  const RunDirectory run(path_, RunMode::fresh);
  run.save({.step = 1}, 1);
  const fs::path file = path_ / "checkpoints" / "step-1.checkpoint";
  damage(file);
  EXPECT_EQ(message_of<InputError>([&] { std::ignore = run.newest(); }),
            "checkpoint is damaged, its checksum does not match: " + file.string() +
                "; no older one can be used");
}

}  // namespace
}  // namespace inflow
