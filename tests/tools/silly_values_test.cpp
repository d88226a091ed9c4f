#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

#include "support/shell.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using testing::HasSubstr;

constexpr const char* kHelp = "\nRun `inflow --help`, or `inflow SUBCOMMAND --help`.";

// Values that no option can mean.
class SillyValuesTest : public ProgramTest {
 protected:
  SillyValuesTest() {
    std::filesystem::create_directory(directory_ / "folder");
    write_file(directory_ / "file", "");
    EXPECT_EQ(run({"preview", "config.yaml", "--samples", "2", "--out", "sheet.png", "--provenance",
                   "lines.jsonl"})
                  .exit_code,
              0);
  }

  // That nothing is left of what was tried.
  bool exists(const std::string& name) const { return std::filesystem::exists(directory_ / name); }
};

TEST_F(SillyValuesTest, AFolderOrADeviceIsNoFileToRead) {
  for (const std::vector<std::string>& command : {std::vector<std::string>{"replay"},
                                                  {"graph"},
                                                  {"config", "show"},
                                                  {"augment"},
                                                  {"inspect"}}) {
    for (const auto& [path, found] :
         {std::pair{"folder", "folder"}, {"/dev/full", "device"}, {"/dev/null", "device"}}) {
      std::vector<std::string> arguments = command;
      arguments.emplace_back(path);
      expect_failure(run(arguments), 6,
                     std::string("cannot read: ") + path + ": expected a file, found a " + found);
    }
  }
  expect_failure(run({"replay", "file/lines.jsonl"}), 6,
                 "cannot read: file/lines.jsonl: Not a directory");
}

TEST_F(SillyValuesTest, SettingsMayComeThroughAPipe) {
  ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  support::RunningProgram program({.directory = directory_.path()}, {"config", "check", "pipe"});
  std::ofstream(directory_ / "pipe") << kPipelineSettings;
  EXPECT_EQ(program.wait().exit_code, 0);
}

TEST_F(SillyValuesTest, WhatCannotBeWrittenIsRefusedAtOnce) {
  ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  for (const auto& [path, why] : {std::pair{"folder", "expected a file, found a folder"},
                                  {"pipe", "expected a file, found a device or pipe"},
                                  {"file/x", "Not a directory"},
                                  {"no/x", "No such file or directory"},
                                  {"/proc/x", "No such file or directory"}}) {
    expect_failure(run({"ops", "apply", "invert", "sheet.png", path, "--overwrite"}), 7,
                   std::string("cannot write: ") + why + ": " + path);
  }
  expect_failure(run({"ops", "apply", "invert", "sheet.png", "sheet.png"}), 7,
                 "file exists (--overwrite replaces it): sheet.png");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"replay", "lines.jsonl", "--row", "1", "--overwrite", "--out"},
        {"preview", "config.yaml", "--overwrite", "--out"},
        {"preview", "config.yaml", "--overwrite", "--out", "new.png", "--provenance"},
        {"augment", "config.yaml", "--out", "out", "--trace"},
        {"augment", "config.yaml", "--out", "out", "--metrics"},
        {"augment", "config.yaml", "--out", "out", "--dot"}}) {
    std::vector<std::string> arguments = command;
    arguments.emplace_back("folder");
    expect_failure(run(arguments), 7, "cannot write: expected a file, found a folder: folder");
  }
  EXPECT_FALSE(exists("new.png"));
  EXPECT_FALSE(exists("out"));
}

TEST_F(SillyValuesTest, ManualPagesGoIntoAFolder) {
  expect_failure(run({"man", "file"}), 7, "cannot make folder: file: Not a directory");
  expect_failure(run({"man", "file/x"}), 7, "cannot make folder: file/x: Not a directory");
  expect_failure(run({"man", "/proc/x"}), 7,
                 "cannot make folder: /proc/x: No such file or directory");
  std::filesystem::create_directory(directory_ / "folder/inflow.1");
  const ProgramEnd end = run({"man", "folder"});
  EXPECT_EQ(end.exit_code, 7);
  EXPECT_EQ(end.err, "error: cannot write: expected a file, found a folder: folder/inflow.1\n");
}

TEST_F(SillyValuesTest, NumbersHaveBounds) {
  const std::vector<std::tuple<std::vector<std::string>, std::string, std::string>> counts{
      {{"replay", "lines.jsonl"}, "--row", "1 to 1000000000"},
      {{"inspect", "config.yaml"}, "--list", "0 to 1000000000"},
      {{"preview", "config.yaml"}, "--samples", "1 to 1000"},
      {{"bench", "config.yaml"}, "--rounds", "1 to 1000"},
      {{"bench", "config.yaml"}, "--batches", "1 to 1000000000"},
      {{"stats", "config.yaml"}, "--batches", "1 to 1000000000"},
      {{"verify", "config.yaml"}, "--batches", "1 to 1000000000"},
      {{"verify", "config.yaml"}, "--epochs", "1 to 1000000000"}};
  for (const auto& [command, option, range] : counts) {
    for (const std::string value : {"-3", "4000000000", "1.5"}) {
      std::vector<std::string> arguments = command;
      arguments.insert(arguments.end(), {option, value});
      expect_failure(run(arguments), 2,
                     option + ": Value " + value + " not in range " + range + kHelp);
    }
  }
  expect_failure(run({"replay", "lines.jsonl", "--row", "0"}), 2,
                 std::string("--row: Value 0 not in range 1 to 1000000000") + kHelp);
}

TEST_F(SillyValuesTest, FlagsForSettingsTakeWhatTheSettingsTake) {
  for (const std::string value : {"-3", "99999999999999999999999"}) {
    for (const auto& [flag, key] : {std::pair{"--seed", "seed"},
                                    {"--threads", "limits.threads"},
                                    {"--memory-limit", "limits.memory"}}) {
      const ProgramEnd end = run({"augment", "config.yaml", "--out", "out", flag, value});
      EXPECT_EQ(end.exit_code, 2) << flag << " " << value;
      EXPECT_THAT(end.err, HasSubstr(std::string("  --set ") + key + ": " + key + ": expected "));
    }
  }
  EXPECT_FALSE(exists("out"));
}

TEST_F(SillyValuesTest, NothingIsNoValue) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"augment", "config.yaml", "--out", ""},
        {"augment", "config.yaml", "--memory-limit", ""},
        {"augment", "config.yaml", "--trace", ""},
        {"replay", "lines.jsonl", "--out", ""},
        {"preview", "config.yaml", "--provenance", ""},
        {"config", "show", "config.yaml", "--seed", ""},
        {"inspect", ""},
        {"man", ""},
        {"index", ""}}) {
    const ProgramEnd end = run(command);
    EXPECT_EQ(end.exit_code, 2);
    EXPECT_THAT(end.err, HasSubstr(": expected a value, found nothing\n"));
  }
  EXPECT_FALSE(exists("augmented"));
}

TEST_F(SillyValuesTest, AProfileIsNamed) {
  for (const std::string value : {"quick", "0"}) {
    expect_failure(run({"ops", "apply", "invert", "sheet.png", "new.png", "--profile", value}), 2,
                   "--profile: " + value + " not in {pil,fast}" + kHelp);
  }
}

TEST_F(SillyValuesTest, ResultsThatCannotBeWrittenAreAnError) {
  for (const std::string command : {"ops list", "config schema", "--help"}) {
    const support::ShellEnd end =
        support::run_shell(std::string(INFLOW_PROGRAM) + " " + command + " 2>&1 >/dev/full");
    EXPECT_EQ(end.status, 1) << command;
    EXPECT_EQ(end.output, "error: results cannot be written to stdout\n");
  }
}

}  // namespace
}  // namespace inflow::tools
