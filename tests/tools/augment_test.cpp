#include "tools/augment_test.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

#include "support/tar.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;
using support::differences;
using support::RunningProgram;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(AugmentTest, WritesPicturesThatAreASourceAgain) {
  const ProgramEnd end = run(augment("out"));
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, testing::StartsWith("out: 600 samples, 1200 pictures in 1200 files, "));
  EXPECT_THAT(end.err, HasSubstr("info: 300 samples, 2 epochs, 2 views to out\n"));
  EXPECT_TRUE(exists("out/even/12_e1_v0.png"));
  write_file(directory_ / "again.yaml", "source: {type: image_folder, path: out}\n");
  EXPECT_EQ(run({"config", "check", "again.yaml"}).out,
            "again.yaml: ok, 1200 samples, 4 batches an epoch\n");
}

TEST_F(AugmentTest, AnswersInJson) {
  const ProgramEnd end = run(augment("out", {"--json", "--quiet", "--set", "output.sink.type=tar",
                                             "--set", "output.sink.shard_size=128"}));
  EXPECT_EQ(end.err, "");
  const json answer = json::parse(end.out);
  EXPECT_EQ(answer["out"], "out");
  EXPECT_EQ(answer["complete"], true);
  EXPECT_EQ(answer["samples"], 600);
  EXPECT_EQ(answer["pictures"], 1200);
  EXPECT_EQ(answer["files"], 6);
  EXPECT_EQ(answer["failures"], 0);
  EXPECT_GT(answer["bytes"], 0);
  EXPECT_GT(answer["samples_per_second"], 0);
  EXPECT_TRUE(exists("out/shard-000005.tar"));
}

TEST_F(AugmentTest, NeitherThreadsNorMemoryNorTheNameOfTheDirectoryShow) {
  ASSERT_EQ(run(augment("one", {"--threads", "1"})).exit_code, 0);
  ASSERT_EQ(run(augment("two", {"--threads", "3", "--memory-limit", "64MiB"})).exit_code, 0);
  EXPECT_THAT(differences(tree("one"), tree("two")), IsEmpty());
}

TEST_F(AugmentTest, TheSettingsBesideTheOutputWriteItAgain) {
  ASSERT_EQ(run(augment("one")).exit_code, 0);
  ASSERT_EQ(run({"augment", "one/resolved.yaml", "--out", "two"}).exit_code, 0);
  EXPECT_THAT(differences(tree("one"), tree("two")), IsEmpty());
}

TEST_F(AugmentTest, AnOutputThatIsThereIsRefused) {
  ASSERT_EQ(run(augment("out")).exit_code, 0);
  const auto before = tree("out");
  expect_failure(
      run(augment("out")), 7,
      "output directory holds a job of augment already; resume it, overwrite it or choose "
      "another: out");
  expect_failure(run(augment("pictures")), 7,
                 "output directory is not empty; choose another: pictures");
  expect_failure(run(augment("pictures", {"--overwrite"})), 7,
                 "directory to overwrite holds other things than a job of augment; choose another: "
                 "pictures");
  expect_failure(run(augment("nowhere", {"--resume"})), 7,
                 "directory to resume holds no job of augment: nowhere");
  EXPECT_FALSE(exists("nowhere"));
  EXPECT_EQ(tree("out"), before);
  write_file(directory_ / "out/even/other.png", "");
  EXPECT_EQ(run(augment("out", {"--overwrite"})).exit_code, 0);
  EXPECT_EQ(tree("out"), before);
  EXPECT_EQ(run(augment("out", {"--resume"})).exit_code, 0);
  EXPECT_EQ(tree("out"), before);
}

TEST_F(AugmentTest, CtrlCSavesAndSaysHowToGoOn) {
  ASSERT_EQ(run(augment("whole")).exit_code, 0);
  RunningProgram program({.directory = directory_.path()}, augment("out"));
  EXPECT_TRUE(program.goes_on_until([&] { return exists("out/state.json"); }));
  program.send(SIGINT);
  const ProgramEnd end = program.wait();
  EXPECT_EQ(end.exit_code, 130);
  EXPECT_THAT(end.err, HasSubstr("\nfinishing what was begun; again to abort\n"));
  EXPECT_THAT(end.err, HasSubstr(" samples; the same command with --resume goes on\n"));
  EXPECT_EQ(json::parse(read_file(directory_ / "out/state.json"))["complete"], false);
  EXPECT_EQ(run(augment("out", {"--resume"})).exit_code, 0);
  EXPECT_THAT(differences(tree("out"), tree("whole")), IsEmpty());
}

TEST_F(AugmentTest, ASecondCtrlCEndsItAtOnceAndHindersNothing) {
  // A unit of work that takes seconds.
  std::string list;
  for (int i = 0; i < 30; ++i) list += name_of(i) + "\n";
  write_file(directory_ / "list.txt", list);
  const std::vector<std::string> slow{"--set", "source={type: list, path: list.txt}",
                                      "--set", "views={size: 1000, count: 1}",
                                      "--set", "epochs=1",
                                      "--set", "batch.size=2"};
  std::vector<std::string> arguments = augment("out", slow);
  RunningProgram program({.directory = directory_.path()}, arguments);
  EXPECT_TRUE(program.goes_on_until([&] { return exists("out/pictures/even"); }));
  program.send(SIGINT);
  EXPECT_TRUE(program.goes_on_until(
      [&] { return program.err().find("again to abort\n") != std::string::npos; }));
  program.send(SIGINT);
  const ProgramEnd end = program.wait();
  EXPECT_EQ(end.exit_code, 130);
  EXPECT_EQ(end.out, "");
  EXPECT_THAT(end.err, Not(HasSubstr("goes on")));
  EXPECT_FALSE(exists("out/state.json"));

  arguments.emplace_back("--resume");
  EXPECT_EQ(run(arguments).exit_code, 0);
  ASSERT_EQ(run(augment("whole", slow)).exit_code, 0);
  EXPECT_THAT(differences(tree("out"), tree("whole")), IsEmpty());
}

// Whether a process handles SIGINT by now.
bool handles_ctrl_c(pid_t process) {
  std::istringstream status(read_file("/proc/" + std::to_string(process) + "/status"));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("SigCgt:"))
      return (std::stoull(line.substr(7), nullptr, 16) >> (SIGINT - 1) & 1U) != 0;
  }
  return false;
}

TEST_F(AugmentTest, CtrlCWhileSourcesAreOpenedLeavesNothingBehind) {
  std::string list;
  for (int i = 0; i < 2'000'000; ++i) list += "pictures/even/0.png\n";
  write_file(directory_ / "list.txt", list);
  const std::vector<std::string> large{"--set", "source={type: list, path: list.txt}"};
  RunningProgram program({.directory = directory_.path()}, augment("out", large));
  EXPECT_TRUE(program.goes_on_until([&] { return handles_ctrl_c(program.process()); }));
  program.send(SIGINT);
  const ProgramEnd end = program.wait();
  EXPECT_EQ(end.exit_code, 130);
  EXPECT_EQ(end.err, "\nstopped\n");
  EXPECT_FALSE(exists("out"));
}

TEST_F(AugmentTest, CtrlCAfterTheLastPictureChangesNothing) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    RunningProgram program({.directory = directory_.path()},
                           augment("out", {"--overwrite", "--dot", "graph.dot"}));
    static_cast<void>(program.goes_on_until([&] {
      return exists("out/state.json") &&
             read_file(directory_ / "out/state.json").find("\"complete\": true") !=
                 std::string::npos;
    }));
    program.send(SIGINT);
    const ProgramEnd end = program.wait();
    EXPECT_EQ(end.signal, 0);
    EXPECT_THAT(end.out, testing::StartsWith("out: 600 samples, "));
    EXPECT_EQ(end.exit_code, 0);
    std::filesystem::remove(directory_ / "out/state.json");
  }
}

TEST_F(AugmentTest, OtherSettingsAreNotResumed) {
  ASSERT_EQ(run(augment("out")).exit_code, 0);
  expect_failure(run(augment("out", {"--resume", "--seed", "4", "--threads", "1", "--set",
                                     "views.size=9", "--quiet"})),
                 2,
                 "cannot resume with other settings:\n"
                 "  seed: differs from the run that is resumed\n"
                 "  views.size: differs from the run that is resumed");
}

TEST_F(AugmentTest, ShardsThatRunTogetherMakeTheWholeInOneDirectory) {
  ASSERT_EQ(run(augment("whole")).exit_code, 0);
  {
    std::vector<std::unique_ptr<RunningProgram>> shards;
    for (const std::string shard : {"2/3", "1/3", "3/3"}) {
      shards.push_back(std::make_unique<RunningProgram>(
          support::ProgramSurroundings{.directory = directory_.path()},
          augment("out", {"--shard", shard, "--quiet"})));
    }
    for (const auto& shard : shards) {
      const ProgramEnd end = shard->wait();
      EXPECT_EQ(end.exit_code, 0) << end.err;
    }
  }
  auto whole = tree("whole");
  auto together = tree("out");
  EXPECT_EQ(together["manifest-1-of-3.jsonl"] + together["manifest-2-of-3.jsonl"] +
                together["manifest-3-of-3.jsonl"],
            whole["manifest.jsonl"]);
  const auto is_list = [](const auto& file) {
    return file.first.ends_with(".jsonl") || file.first.ends_with(".lock") ||
           file.first.starts_with("state");
  };
  std::erase_if(whole, is_list);
  std::erase_if(together, is_list);
  EXPECT_THAT(differences(together, whole), IsEmpty());

  expect_failure(
      run(augment("out", {"--shard", "1/3"})), 7,
      "output directory holds a job of augment already; resume it, overwrite it or choose "
      "another: out");
  EXPECT_EQ(run(augment("out", {"--shard", "1/2", "--seed", "9"})).exit_code, 7);
  EXPECT_EQ(run(augment("out", {"--shard", "1/3", "--overwrite"})).exit_code, 7);
}

// Of a shard, what is wrong with one sample is no matter of the others.
TEST_F(AugmentTest, LeavesOutTheBadSamplesOfATarShardAndNamesTheirPlaces) {
  using support::tar_member;
  const std::string png = read_file(directory_ / name_of(0));
  const std::string first = tar_member("a.png", png) + tar_member("a.cls", "0");
  const std::string second = tar_member("b.png", "") + tar_member("b.cls", "0");
  const std::string third = tar_member("c.png", png) + tar_member("c.cls", "cat");
  write_file(directory_ / "set.tar", first + second + third + support::tar_end());
  write_file(directory_ / "config.yaml",
             "source: {type: tar, shards: [set.tar]}\nviews: {size: 8}\nepochs: 1\n");
  const auto augmented = [&](const std::string& out, const std::string& faults) {
    return run(augment(out, {"--quiet", "--set", faults}));
  };
  for (const bool indexed : {false, true}) {
    if (indexed) {
      ASSERT_EQ(run({"index", "set.tar"}).exit_code, 0);
    }
    const std::string out = indexed ? "indexed" : "out";
    EXPECT_EQ(augmented(out, "faults={on_bad_sample: skip, budget: 2}").exit_code, 0);
    EXPECT_TRUE(exists(out + "/0/set/a_v0.png"));
    std::ifstream lines(directory_ / out / "failures.jsonl");
    std::map<std::string, json> failures;
    for (std::string line; std::getline(lines, line);) {
      const json failure = json::parse(line);
      failures[failure["sample"]] = failure;
    }
    ASSERT_EQ(failures.size(), 2U);
    EXPECT_EQ(failures["set/b.png"]["reason"], "picture file is empty");
    EXPECT_EQ(failures["set/b.png"]["file"], "set.tar");
    EXPECT_EQ(failures["set/b.png"]["offset"], first.size() + 512);
    EXPECT_EQ(failures["set/c.png"]["reason"],
              "label out of range: expected -1 to 65535, found cat");
    EXPECT_EQ(failures["set/c.png"]["offset"], (first + second + third).size() - 512);
    const ProgramEnd end = augmented(out + "-none", "faults={on_bad_sample: fail}");
    EXPECT_NE(end.exit_code, 0);
    EXPECT_THAT(end.err, HasSubstr(": set.tar at byte "));
  }
}

TEST_F(AugmentTest, WritesNamesThatAreNotAsciiInEveryLocale) {
  std::filesystem::remove_all(directory_ / "pictures");
  support::write_picture(directory_ / "pictures/k\u00E4se/\u00FC.png",
                         support::tiny_picture(9, 11));
  std::map<std::string, std::string> before;
  for (const std::string locale : {"LC_ALL=C", "LC_ALL=C.UTF-8"}) {
    const ProgramEnd end =
        run(augment(locale, {"--quiet", "--set", "output.sink.type=tar", "--set", "epochs=1"}),
            {locale});
    ASSERT_EQ(end.exit_code, 0) << end.err;
    const auto source =
        support::make_source({{"type", "tar"}, {"shards", {(directory_ / locale).string()}}});
    EXPECT_EQ(source->name(0), "shard-000000/k\u00E4se/\u00FC_v0.png");
    auto written = tree(locale);
    EXPECT_TRUE(before.empty() || differences(before, written).empty());
    before = std::move(written);
  }
}

TEST_F(AugmentTest, ShardsAreCountedFromOne) {
  expect_failure(run(augment("out", {"--shard", "0/3"})), 2,
                 "number of a shard must lie in 1 .. 3: 0");
  expect_failure(run(augment("out", {"--shard", "a/3"})), 2,
                 "--shard: expected i/n, i from 1 to n, found: a/3");
  EXPECT_FALSE(exists("out"));
}

TEST_F(AugmentTest, BadSamplesAreReportedAndTriedAgain) {
  ASSERT_EQ(run(augment("whole")).exit_code, 0);
  write_file(directory_ / name_of(17), "no picture");
  write_file(directory_ / name_of(18), "");
  const std::vector<std::string> skip{"--set", "faults.on_bad_sample=skip"};
  const ProgramEnd failed = run(augment("out", {"--quiet"}));
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, HasSubstr("pictures/"));

  const ProgramEnd skipped = run(augment("out", {"--resume", skip[0], skip[1], "--strict-exit"}));
  EXPECT_EQ(skipped.exit_code, 3) << skipped.err;
  EXPECT_THAT(skipped.err,
              HasSubstr("warning: 4 samples could not be read, see out/failures.jsonl; "
                        "--retry-failures tries them again\n"));
  std::istringstream report(read_file(directory_ / "out/failures.jsonl"));
  for (std::string line; std::getline(report, line);) {
    EXPECT_THAT(json::parse(line)["file"], testing::AnyOf(name_of(17), name_of(18)));
    EXPECT_EQ(json::parse(line)["stage"], "decode");
  }

  write_picture(17);
  write_picture(18);
  const ProgramEnd retried = run(augment("out", {"--retry-failures", skip[0], skip[1]}));
  EXPECT_EQ(retried.exit_code, 0) << retried.err;
  auto expected = tree("whole");
  auto found = tree("out");
  expected.erase("resolved.yaml");  // which say what becomes of bad samples
  found.erase("resolved.yaml");
  EXPECT_THAT(differences(found, expected), IsEmpty());
}

TEST_F(AugmentTest, TooManyBadSamplesEndTheRun) {
  for (int i = 0; i < 10; ++i) write_file(directory_ / name_of(i), "");
  const ProgramEnd end = run(augment("out", {"--set", "faults.on_bad_sample=skip", "--quiet"}));
  EXPECT_EQ(end.exit_code, 4);
  EXPECT_THAT(end.err, HasSubstr("too many bad samples in epoch 0: faults.budget allows 3"));
}

TEST_F(AugmentTest, AFullDiskIsNamedAndNothingHalfWrittenStays) {
  const std::vector<std::string> npz{"--quiet", "--set", "output.sink.type=npz"};
  ASSERT_EQ(run(augment("whole", npz)).exit_code, 0);
  const ProgramEnd end = support::run_program(
      {.directory = directory_.path(), .largest_file = 20'000}, augment("out", npz));
  expect_failure(end, 1, "cannot write: out/shard-000000.npz.part: File too large");
  EXPECT_FALSE(exists("out/shard-000000.npz.part"));
  std::vector<std::string> resume = npz;
  resume.emplace_back("--resume");
  EXPECT_EQ(run(augment("out", resume)).exit_code, 0);
  EXPECT_THAT(differences(tree("out"), tree("whole")), IsEmpty());
}

TEST_F(AugmentTest, ANameThatIsTooLongIsNamed) {
  const std::string longest = "pictures/even/" + std::string(250, 'x') + ".png";
  std::filesystem::copy(directory_ / name_of(0), directory_ / longest);
  const ProgramEnd end = run(augment("out", {"--quiet"}));
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_THAT(end.err, testing::ContainsRegex("^error: cannot open: out/even/x+_e0_v[01].png.part: "
                                              "File name too long\n$"));
}

TEST_F(AugmentTest, ClassesMayBeCalledLikeFilesOfTheOutput) {
  write_file(directory_ / "list.txt",
             name_of(0) + "\tmanifest.jsonl\n" + name_of(1) + "\taugment.lock\n");
  const std::vector<std::string> list{"--set", "source={type: list, path: list.txt}"};
  const ProgramEnd end = run(augment("out", list));
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_TRUE(std::filesystem::is_regular_file(directory_ / "out/manifest.jsonl"));
  EXPECT_TRUE(exists("out/_manifest.jsonl/pictures/even/0_e0_v0.png"));
  EXPECT_EQ(read_file(directory_ / "out/classes.txt"), "augment.lock\nmanifest.jsonl\n");
}

TEST_F(AugmentTest, ClassesThatCannotBeListedAreRefusedBeforeThereIsADirectory) {
  std::filesystem::rename(directory_ / "pictures/odd", directory_ / "pictures/od\nd");
  expect_failure(run(augment("out")), 2,
                 "name of a class does not fit on a line of classes.txt: expected no line break, "
                 "found: od?d");
  std::filesystem::rename(directory_ / "pictures/od\nd", directory_ / "pictures/unlabeled");
  expect_failure(run(augment("out")), 2,
                 "classes cannot be told apart as names of folders: unlabeled");
  EXPECT_FALSE(exists("out"));
}

TEST_F(AugmentTest, WhatCannotBeWrittenIsRefusedBeforeThereIsADirectory) {
  expect_failure(run(augment("out", {"--set", "mix.type=mixup"})), 2,
                 "these settings cannot be written as pictures:\n"
                 "  mix.type: expected none: a written picture shows one sample");
  expect_failure(
      run(augment("out", {"--memory-limit", "1KiB", "--set", "output.sink.type=npz"})), 2,
      "npz shards take more memory than limits.memory: expected at most 1024 bytes, found "
      "11520000 for output.sink.shard_size 10000");
  const ProgramEnd small = run(augment("out", {"--memory-limit", "1KiB"}));
  EXPECT_EQ(small.exit_code, 2);
  EXPECT_THAT(small.err, HasSubstr("limits.memory is too small for limits.buffers: 1024 bytes"));
  for (const std::string option : {"--trace", "--metrics", "--dot"}) {
    const ProgramEnd end = run(augment("out", {option, "no/such/file"}));
    EXPECT_NE(end.exit_code, 0) << option;
    EXPECT_THAT(end.err, HasSubstr("no/such/file")) << option;
  }
  EXPECT_FALSE(exists("out"));
  expect_failure(run({"augment", "config.yaml", "--out", "/proc/out"}), 7,
                 "cannot make output directory: /proc/out: No such file or directory");
}

}  // namespace
}  // namespace inflow::tools
