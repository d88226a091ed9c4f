#include <sstream>

#include <nlohmann/json.hpp>

#include "tools/training/pretrain_test.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Runs `inflow train` on the tiny data set: 96 samples of four classes, 16 of them held out, so
// that an epoch has five batches.
class TrainTest : public PretrainTest {
 protected:
  TrainTest() { write_file(directory_ / "train.yaml", kSettings); }

  static std::vector<std::string> train(const std::string& out,
                                        const std::vector<std::string>& assignments = {},
                                        std::vector<std::string> more = {"--quiet"}) {
    more.insert(more.begin(), {"train", "train.yaml", "--out", out});
    for (const std::string& assignment : assignments)
      more.insert(more.end(), {"--set", assignment});
    return more;
  }

  // Puts something else in the place of a line of the settings.
  void replace_line(const std::string& begin, const std::string& line) const {
    std::string settings = file("train.yaml");
    const std::size_t at = settings.find(begin);
    settings.replace(at, settings.find('\n', at) + 1 - at, line);
    write_file(directory_ / "train.yaml", settings);
  }

  std::vector<json> lines_of(const std::string& name) const {
    std::vector<json> lines;
    std::istringstream text(file(name));
    for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
    return lines;
  }

  void expect_refused(const std::vector<std::string>& assignments, int exit_code,
                      const std::string& message) const {
    expect_failure(run(train("run", assignments)), exit_code, message);
    EXPECT_FALSE(exists("run"));
    std::vector<std::string> check{"config", "check", "train.yaml"};
    for (const std::string& assignment : assignments)
      check.insert(check.end(), {"--set", assignment});
    expect_failure(run(check), exit_code, message);
  }

  static constexpr const char* kSettings =
      "version: 1\n"
      "seed: 3\n"
      "source: {type: idx, images: images, labels: labels}\n"
      "views: {preset: madaug_cifar, size: 8, padding: 1, cutout: 2}\n"
      "batch: {size: 16, channels: 1}\n"
      "limits: {threads: 1}\n"
      "encoder: {type: wide_resnet, depth: 10, width: 1, dropout: 0.1}\n"
      "objective: {type: classification, label_smoothing: 0.1}\n"
      "training:\n"
      "  steps: 12\n"
      "  checkpoint_every: 4\n"
      "  clip_norm: 1\n"
      "  optimizer: {type: sgd, lr: 0.05}\n"
      "  compute: {threads: 1}\n"
      "holdout: {per_class: 4}\n"
      "evaluation:\n"
      "  test: {type: idx, images: test-images, labels: test-labels}\n"
      "  batch: 7\n";
};

TEST_F(TrainTest, JudgesByWhatIsHeldOutEachEpochAndByTheTestSetAtTheEnd) {
  const ProgramEnd end = run(train("run", {}, {"--json"}));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.err, HasSubstr("info: 80 samples, 5 batches an epoch, "));

  std::vector<int> steps;
  for (const json& line : lines_of("run/holdout.jsonl")) {
    steps.push_back(line["step"]);
    EXPECT_EQ(line["accuracy_of_class"].size(), 4U);
  }
  EXPECT_EQ(steps, (std::vector<int>{5, 10, 12}));

  const json evaluation = json::parse(file("run/evaluation.json"));
  const json result = json::parse(end.out);
  EXPECT_EQ(result["evaluation"], evaluation);
  EXPECT_EQ(result["steps"], 12);
  EXPECT_EQ(evaluation["sets"]["held out"]["samples"], 16);
  EXPECT_EQ(evaluation["sets"]["test"]["samples"], 48);
  EXPECT_EQ(evaluation["sets"]["test"]["classes"].size(), 4U);
  EXPECT_EQ(evaluation["sets"]["held out"]["accuracy"],
            lines_of("run/holdout.jsonl").back()["accuracy"]);
}

TEST_F(TrainTest, LeavesWhatARunIsLookedAtBy) {
  const ProgramEnd end = run(train("run"));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(end.err, "");
  EXPECT_EQ(end.out, file("run/evaluation.txt") + "run directory: run\nreport: run/report.html\n");
  EXPECT_THAT(end.out, HasSubstr("\nclass        held out      test\n0 "));
  EXPECT_EQ(file("run/resolved.yaml"), run({"config", "show", "train.yaml"}).out);

  const std::string report = file("run/report.html");
  for (const std::string title : {"<h2>Held out</h2>", "<h2>Evaluation</h2>", "<h2>Views</h2>"})
    EXPECT_THAT(report, HasSubstr(title));
  EXPECT_THAT(report, HasSubstr(file("run/evaluation.txt")));

  const std::string curves = file("run/curves.csv");
  EXPECT_THAT(curves, testing::StartsWith(
                          "step,epoch,training_loss,loss,accuracy,accuracy of 0,accuracy of 1,"));
  EXPECT_EQ(std::ranges::count(curves, '\n'), 4);
  const std::vector<json> metrics = lines_of("run/metrics.jsonl");
  double loss = 0;
  for (int step = 5; step < 10; ++step)
    loss += metrics.at(static_cast<std::size_t>(step))["loss"].get<double>() / 5;
  EXPECT_NEAR(std::stod(curves.substr(curves.find("\n10,2,") + 6)), loss, 1e-9);
}

TEST_F(TrainTest, ClipsGradientsAndSaysHowLongTheyWere) {
  ASSERT_EQ(run(train("clipped")).exit_code, 0);
  for (const json& line : lines_of("clipped/metrics.jsonl"))
    EXPECT_GT(line["gradient_norm"].get<double>(), 0);
  ASSERT_EQ(run(train("free", {"training.clip_norm=0"})).exit_code, 0);
  for (const json& line : lines_of("free/metrics.jsonl"))
    EXPECT_FALSE(line.contains("gradient_norm"));
}

TEST_F(TrainTest, ExportAndProbeWorkOnItsRuns) {
  ASSERT_EQ(run(train("run")).exit_code, 0);
  ASSERT_EQ(run({"export", "run", "--out", "elsewhere"}).exit_code, 0);
  for (const std::string name : {"/encoder.safetensors", "/manifest.json"})
    EXPECT_TRUE(file("elsewhere" + name) == file("run/export" + name)) << name;
  const ProgramEnd probe =
      run({"probe", "run", "--set", "evaluation.train.type=idx", "--set",
           "evaluation.train.images=images", "--set", "evaluation.train.labels=labels", "--set",
           "evaluation.few_labels.per_class=3", "--set", "evaluation.linear.iterations=3"});
  EXPECT_EQ(probe.exit_code, 0) << probe.err;
  EXPECT_THAT(probe.out, HasSubstr("\nuntrained encoder "));
}

TEST_F(TrainTest, WithoutHoldoutOrTestSetNothingIsEvaluated) {
  replace_line("  test:", "");
  const ProgramEnd end = run(train("run", {"holdout.per_class=0"}, {"--json", "--quiet"}));
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(json::parse(end.out), json({{"run", "run"}, {"steps", 12}}));
  for (const std::string name : {"holdout.jsonl", "curves.csv", "evaluation.json"})
    EXPECT_FALSE(exists("run/" + name)) << name;
}

TEST_F(TrainTest, AHoldoutMayBeSmallerThanItsBatchAndEvaluatedAtAnyStep) {
  ASSERT_EQ(run(train("run", {"evaluation.batch=500", "holdout.every=4"})).exit_code, 0);
  ASSERT_EQ(run(train("same", {"evaluation.batch=3", "holdout.every=4"})).exit_code, 0);
  EXPECT_EQ(lines_of("run/holdout.jsonl").size(), 3U);
  EXPECT_EQ(json::parse(file("run/evaluation.json"))["sets"]["test"]["classes"],
            json::parse(file("same/evaluation.json"))["sets"]["test"]["classes"]);
  EXPECT_EQ(file("run/metrics.jsonl"), file("same/metrics.jsonl"));
}

TEST_F(TrainTest, MixedRowsAreLearnedToo) {
  const ProgramEnd end = run(train("run", {"mix.type=cutmix"}));
  EXPECT_EQ(end.exit_code, 0) << end.err;
}

// What a run that is stopped and resumed must have equal.
class TrainResumeTest : public TrainTest {
 protected:
  static std::vector<std::string> long_run(const std::string& out,
                                           std::vector<std::string> more = {}) {
    more.push_back("--quiet");
    return train(out, {"training.steps=60", "training.checkpoint_every=20", "holdout.every=7"},
                 std::move(more));
  }

  ProgramEnd signaled(int signal, std::ptrdiff_t step, std::vector<std::string> more = {}) const {
    return run_and_signal(long_run("stopped", std::move(more)), "stopped", signal, step);
  }

  void expect_resumed_run_equals_one_that_never_stopped() const {
    ASSERT_EQ(run(long_run("stopped", {"--resume"})).exit_code, 0);
    ASSERT_EQ(run(long_run("whole")).exit_code, 0);
    EXPECT_EQ(steps_of("whole"), 60);
    expect_equal_runs("whole", "stopped");
    for (const std::string name : {"/holdout.jsonl", "/curves.csv", "/evaluation.json"})
      EXPECT_EQ(file("whole" + name), file("stopped" + name)) << name;
  }
};

TEST_F(TrainResumeTest, ARunThatIsKilledAgainAndAgainEndsLikeOneThatNeverStopped) {
  EXPECT_EQ(signaled(SIGKILL, 8).signal, SIGKILL);
  EXPECT_EQ(signaled(SIGKILL, 31, {"--resume"}).signal, SIGKILL);
  EXPECT_TRUE(exists("stopped/checkpoints/step-20.checkpoint"));
  EXPECT_EQ(signaled(SIGKILL, 44, {"--resume"}).signal, SIGKILL);
  EXPECT_FALSE(exists("stopped/report.html"));
  expect_resumed_run_equals_one_that_never_stopped();
}

TEST_F(TrainResumeTest, CtrlCWritesACheckpointToGoOnFrom) {
  EXPECT_EQ(signaled(SIGINT, 10).exit_code, 130);
  const std::string step = std::to_string(steps_of("stopped"));
  EXPECT_TRUE(exists("stopped/checkpoints/step-" + step + ".checkpoint"));
  expect_resumed_run_equals_one_that_never_stopped();
}

TEST_F(TrainResumeTest, WhatIsHeldOutMayNotChangeInTheMiddle) {
  ASSERT_EQ(run(train("run")).exit_code, 0);
  expect_failure(
      run(train("run", {"holdout.seed=1", "objective.label_smoothing=0"}, {"--resume", "--quiet"})),
      2,
      "cannot resume with other settings:\n"
      "  holdout.seed: differs from the run that is resumed\n"
      "  objective.label_smoothing: differs from the run that is resumed");
}

TEST_F(TrainTest, TestImagesAreNeverTrainedOnNorHeldOut) {
  const std::string message =
      "the settings contradict each other:\n"
      "  evaluation.test: shares samples with source, such as 00";
  expect_refused({"evaluation.test.images=images", "evaluation.test.labels=labels"}, 2, message);
}

TEST_F(TrainTest, AGivenHoldoutMayNotOverlapWithWhatIsTrainedOn) {
  const std::string drawn =
      "{type: subset, of: {type: idx, images: images, labels: labels}, select: {type: per_class, "
      "count: 5";
  replace_line("holdout:", "holdout: {source: " + drawn + "}}}\n");
  expect_refused({}, 2,
                 "the settings contradict each other:\n"
                 "  holdout.source: shares samples with source, such as 02");
  replace_line("source:", "source: " + drawn + ", side: second}}\n");
  const ProgramEnd end = run(train("run"));
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(json::parse(file("run/evaluation.json"))["sets"]["held out"]["samples"], 20);
}

TEST_F(TrainTest, WhatCannotBeLearnedIsFoundBeforeTraining) {
  expect_refused({"source.labels=''"}, 6, "source has no labels");
  expect_refused({"holdout.per_class=25"}, 2,
                 "class 0 has too few samples: expected at least 25, found 24");
  expect_refused({"holdout.per_class=24"}, 2, "holdout leaves no sample of class 0 to train on");
  expect_refused({"holdout.share=0.5"}, 2,
                 "the settings contradict each other:\n"
                 "  holdout: only one of share, per_class and source can say what is held out");
  expect_refused({"evaluation.test.images=gone"}, 6,
                 "cannot read file: No such file or directory: gone");
  expect_refused({"views.count=2"}, 2,
                 "the settings contradict each other:\n"
                 "  views.count: inflow train looks at one view of a sample, found: 2");
  write_file(directory_ / "test-labels", support::tiny_idx_labels(48, 3));
  expect_refused({}, 6, "evaluation.test and source differ in their classes: 3 and 4");
}

TEST_F(TrainTest, OneClassIsRefused) {
  write_file(directory_ / "labels", support::tiny_idx_labels(96, 1));
  replace_line("  test:", "");
  expect_refused({}, 2, "classification needs two classes or more: 1");
}

TEST_F(TrainTest, SettingsForAnotherSubcommandAreRefused) {
  expect_failure(
      run({"pretrain", "train.yaml", "--out", "run"}), 2,
      "the settings are for another subcommand:\n"
      "  objective: is learned by inflow train, not by inflow pretrain\n"
      "  holdout: is held out by inflow train, and by inflow pretrain for a policy that learns");
  replace_line("objective:", "");
  expect_failure(run(train("run")), 2,
                 "the settings are for another subcommand:\n"
                 "  objective: needed by inflow train, say {type: classification}");
  EXPECT_FALSE(exists("run"));
}

TEST_F(TrainTest, HasHelpCompletionAndAManualPage) {
  const ProgramEnd help = run({"train", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("Usage: inflow train [OPTIONS] CONFIG"));
  EXPECT_THAT(run({"completion", "bash"}).out, HasSubstr("train"));
  EXPECT_EQ(run({"man", "pages"}).exit_code, 0);
  EXPECT_TRUE(exists("pages/inflow-train.1"));
}

}  // namespace
}  // namespace inflow::tools
