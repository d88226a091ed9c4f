// Runs whose policy learns while they train.

#include <cmath>
#include <sstream>

#include "tools/training/pretrain_test.hpp"

namespace inflow::tools {
namespace {

using testing::HasSubstr;

class MadaugTest : public PretrainTest {
 protected:
  MadaugTest() {
    write_file(directory_ / "train.yaml", std::string(kTrain) + kPolicy);
    write_file(directory_ / "contrastive.yaml", std::string(kContrastive) + kPolicy);
  }

  static std::vector<std::string> start(const std::string& command, const std::string& out,
                                        const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{
        command, command == "train" ? "train.yaml" : "contrastive.yaml", "--out", out, "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  // Its lines without the first, each as its fields.
  std::vector<std::vector<std::string>> table(const std::string& name) const {
    std::istringstream lines(file(name));
    std::vector<std::vector<std::string>> rows;
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      std::istringstream fields(line);
      rows.emplace_back();
      for (std::string field; std::getline(fields, field, ',');) rows.back().push_back(field);
    }
    return rows;
  }

  void expect_the_same(const std::string& a, const std::string& b) const {
    expect_equal_runs(a, b);
    for (const std::string name : {"/policy.csv", "/policy_ops.csv"})
      EXPECT_EQ(file(a + name), file(b + name)) << name;
  }

  static constexpr const char* kTrain =
      "version: 1\n"
      "seed: 3\n"
      "source: {type: idx, images: images, labels: labels}\n"
      "views: {preset: madaug_cifar, size: 8, padding: 1, cutout: 2}\n"
      "batch: {size: 16, channels: 1}\n"
      "limits: {threads: 2, group: 5, buffers: 3}\n"
      "encoder: {type: resnet, widths: [4, 8], blocks: [1, 1]}\n"
      "objective: {type: classification, label_smoothing: 0.1}\n"
      "training: {steps: 42, checkpoint_every: 10, optimizer: {type: sgd, lr: 0.05}, compute: "
      "{threads: 1}}\n"
      "holdout: {per_class: 4}\n";

  static constexpr const char* kContrastive =
      "version: 1\n"
      "seed: 3\n"
      "source: {type: idx, images: images, labels: labels}\n"
      "views: {size: 8}\n"
      "batch: {size: 16, channels: 1}\n"
      "limits: {threads: 2}\n"
      "encoder: {type: resnet, widths: [4, 8], blocks: [1, 1]}\n"
      "method: {type: simclr, projector: {hidden: 16, output: 8}}\n"
      "training: {steps: 12, optimizer: {type: sgd, lr: 0.05}, compute: {threads: 1}}\n"
      "holdout: {per_class: 4}\n";

  static constexpr const char* kPolicy =
      "policy: {type: madaug, tau: 2, every: 2, lag: 3, group: 6, validation_batch: 8, "
      "learning_rate: 0.05}\n";
};

TEST_F(MadaugTest, LeavesTheHistoryOfItsPolicy) {
  const ProgramEnd end = run(start("train", "run"));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  // Nine epochs of five batches, of which the last is not over.
  const auto policy = table("run/policy.csv");
  ASSERT_EQ(policy.size(), 9U);
  double share = -1;
  int updates = 0;
  for (const std::vector<std::string>& row : policy) {
    ASSERT_EQ(row.size(), 9U);
    updates += std::stoi(row[1]);
    EXPECT_GT(std::stod(row[2]), share);
    share = std::stod(row[2]);
    EXPECT_GT(std::stod(row[5]), 0) << "no gradient";
    EXPECT_EQ(row[6], "0");
  }
  EXPECT_EQ(updates, 21);
  EXPECT_GT(share, 0.9);

  const auto ops = table("run/policy_ops.csv");
  ASSERT_EQ(ops.size(), 9U * 17 * 5);
  double first = 0;
  double last = 0;
  for (const std::vector<std::string>& row : ops) {
    ASSERT_EQ(row.size(), 6U);
    if (row[0] == "0" && row[1] == "all") first += std::stod(row[3]);
    if (row[0] == "8" && row[1] == "3") last += std::stod(row[3]);
  }
  EXPECT_NEAR(first, 1, 1e-6);
  EXPECT_NEAR(last, 1, 1e-6);
  EXPECT_NE(ops.front()[3], ops[8 * 17 * 5][3]) << "the policy is as it was";

  const std::string report = file("run/report.html");
  EXPECT_THAT(report, HasSubstr("What the policy learned when"));
  EXPECT_THAT(report, HasSubstr("translate_x"));
  EXPECT_THAT(report, testing::Not(HasSubstr("not drawn")));
  for (const std::string title :
       {"probability of each op", "strength of each op", "strength of a step by class",
        "entropy of the choice", "probability of identity", "share of views with the policy",
        "norm of the policy's gradient", "values of gradients that are not finite"}) {
    EXPECT_THAT(report, HasSubstr(title));
  }
}

TEST_F(MadaugTest, DoesNotDependOnDataThreadsBuffersOrGroups) {
  ASSERT_EQ(run(start("train", "a")).exit_code, 0);
  ASSERT_EQ(run(start("train", "b",
                      {"--set", "limits.threads=1", "--set", "limits.group=16", "--set",
                       "limits.buffers=6"}))
                .exit_code,
            0);
  expect_the_same("a", "b");
}

TEST_F(MadaugTest, ARunThatIsKilledAgainAndAgainEndsLikeOneThatNeverStopped) {
  EXPECT_EQ(run_and_signal(start("train", "stopped"), "stopped", SIGKILL, 3).signal, SIGKILL);
  for (const std::ptrdiff_t step : {13, 34}) {
    EXPECT_EQ(
        run_and_signal(start("train", "stopped", {"--resume"}), "stopped", SIGKILL, step).signal,
        SIGKILL);
  }
  ASSERT_EQ(run(start("train", "stopped", {"--resume"})).exit_code, 0);
  ASSERT_EQ(run(start("train", "whole")).exit_code, 0);
  expect_the_same("stopped", "whole");
}

TEST_F(MadaugTest, SoDoesOneWithAProbe) {
  const auto probed = [](const std::string& out, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--set", "policy.outer=probe", "--set", "training.steps=32", "--set",
                             "training.checkpoint_every=10"});
    return start("pretrain", out, more);
  };
  EXPECT_EQ(run_and_signal(probed("stopped"), "stopped", SIGKILL, 13).signal, SIGKILL);
  EXPECT_EQ(run_and_signal(probed("stopped", {"--resume"}), "stopped", SIGKILL, 23).signal,
            SIGKILL);
  ASSERT_EQ(run(probed("stopped", {"--resume"})).exit_code, 0);
  ASSERT_EQ(run(probed("whole")).exit_code, 0);
  expect_the_same("stopped", "whole");
}

TEST_F(MadaugTest, LearnsFromAContrastiveLossToo) {
  const ProgramEnd end = run(start("pretrain", "run"));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  ASSERT_EQ(table("run/policy.csv").size(), 3U);
  EXPECT_EQ(table("run/policy_ops.csv").size(), 3U * 17 * 5);
}

TEST_F(MadaugTest, LearnsFromAProbeOfTheEncoderToo) {
  const ProgramEnd end = run(start("pretrain", "run", {"--set", "policy.outer=probe"}));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  const auto policy = table("run/policy.csv");
  ASSERT_EQ(policy.size(), 3U);
  EXPECT_NEAR(std::stod(policy[0][4]), std::log(4), 0.3) << "not the cross-entropy of four classes";
  for (const std::vector<std::string>& row : policy)
    EXPECT_GT(std::stod(row[5]), 0) << "no gradient";
}

TEST_F(MadaugTest, SaysWhatAProbeNeeds) {
  const auto refused = [&](std::vector<std::string> arguments, int code,
                           const std::string& message) {
    arguments.insert(arguments.end(), {"--set", "policy.outer=probe"});
    for (const std::string more : {"--quiet", "--out=run"}) {
      if (arguments.front() != "config") arguments.push_back(more);
    }
    expect_failure(run(arguments), code, message);
    EXPECT_FALSE(exists("run"));
  };
  const std::string of_train =
      "the settings contradict each other:\n"
      "  policy.outer: probe is for inflow pretrain; the objective of inflow train is the "
      "cross-entropy of labels itself";
  refused({"train", "train.yaml"}, 2, of_train);
  refused({"config", "check", "train.yaml"}, 2, of_train);
  const std::vector<std::string> unlabeled{"contrastive.yaml", "--set", "source.labels=''", "--set",
                                           "holdout={per_class: 0, share: 0.5}"};
  for (std::vector<std::string> command :
       {std::vector<std::string>{"pretrain"}, std::vector<std::string>{"config", "check"}}) {
    command.insert(command.end(), unlabeled.begin(), unlabeled.end());
    refused(command, 6, "policy.outer is probe, but what is held out has no labels");
  }
  refused({"pretrain", "contrastive.yaml", "--set", "policy.validation_batch=9"}, 2,
          "policy.validation_batch is more than there are samples to validate on: 9, 8 samples");
}

TEST_F(MadaugTest, NeverLearnsFromTestImages) {
  const std::vector<std::string> evaluated{
      "--set",
      "evaluation.train={type: idx, images: test-images, labels: test-labels}",
      "--set",
      "evaluation.few_labels.per_class=1",
      "--set",
      "evaluation.test={type: subset, of: {type: idx, images: images, labels: labels}, "
      "select: {type: range}}"};
  expect_failure(run(start("pretrain", "run", evaluated)), 2,
                 "the settings contradict each other:\n"
                 "  evaluation.test: shares samples with source, such as 04");
  EXPECT_FALSE(exists("run"));
}

TEST_F(MadaugTest, HasAGraph) {
  const ProgramEnd end = run({"graph", "train.yaml"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, HasSubstr("1 plans of the batch's own policy, by the bases of 6 samples"));
  EXPECT_EQ(run({"graph", "contrastive.yaml"}).exit_code, 0);
}

TEST_F(MadaugTest, SaysWhatItNeeds) {
  const auto refused = [&](std::vector<std::string> more, const std::string& message) {
    const ProgramEnd end = run(start("train", "run", more));
    EXPECT_EQ(end.exit_code, 2);
    EXPECT_THAT(end.err, HasSubstr(message));
    EXPECT_FALSE(exists("run"));
  };
  refused({"--set", "training.optimizer.type=adam"},
          "training.optimizer: policy madaug unrolls a step of sgd, found: adam");
  refused({"--set", "holdout.per_class=0"},
          "holdout: policy madaug needs samples that are held out: share, per_class or source");
  refused({"--set", "policy.validation_batch=17"},
          "policy.validation_batch is more than there are samples to validate on: 17, 16 samples");
  refused({"--set", "mix.type=mixup"}, "mix.type: expected none: the update of policy madaug");
}

TEST_F(MadaugTest, IsCheckedWithItsSettings) {
  const ProgramEnd good = run({"config", "check", "train.yaml"});
  EXPECT_EQ(good.out, "train.yaml: ok, 80 samples, 5 batches an epoch\n") << "16 are held out";
  for (const std::string settings : {"train.yaml", "contrastive.yaml"}) {
    expect_failure(run({"config", "check", settings, "--set", "policy.validation_batch=17"}), 2,
                   "policy.validation_batch is more than there are samples to validate on: 17, 16 "
                   "samples");
  }
}

TEST_F(MadaugTest, WarnsIfItWouldNeverLearn) {
  const ProgramEnd end = run(start("train", "run", {"--set", "policy.wait_epochs=9"}));
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(end.err, HasSubstr("warning: the policy will never learn: policy.wait_epochs is 9"));
}

TEST_F(MadaugTest, CanBeLookedAt) {
  ASSERT_EQ(run(start("train", "run")).exit_code, 0);
  const std::string checkpoint = "run/checkpoints/step-42.checkpoint";
  ASSERT_EQ(run({"preview", "--policy", checkpoint, "--provenance", "lines"}).exit_code, 0);
  EXPECT_TRUE(exists("preview.png"));
  EXPECT_EQ(std::ranges::count(file("lines"), '\n'), 8);
  EXPECT_THAT(file("lines"), testing::Not(HasSubstr(R"("plan":[])"))) << "views without the policy";
  EXPECT_THAT(file("lines"), HasSubstr(R"("policy_version":42,"needs_pixels":true)"));
  ASSERT_EQ(run({"preview", "config.yaml", "--policy", checkpoint, "-o", "other.png"}).exit_code,
            0);
  EXPECT_NE(file("preview.png"), file("other.png"));

  ASSERT_EQ(run(pretrain("plain", {"--quiet"})).exit_code, 0);
  const ProgramEnd end =
      run({"preview", "--policy", "plain/checkpoints/step-12.checkpoint", "-o", "third.png"});
  EXPECT_EQ(end.exit_code, 6);
  EXPECT_THAT(end.err, HasSubstr("holds no policy that was learned: plain/"));
}

TEST_F(MadaugTest, IsForTrainingOnly) {
  const ProgramEnd end = run({"augment", "train.yaml", "--out", "out"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.err, HasSubstr("policy madaug learns while a model is trained"));
  EXPECT_FALSE(exists("out"));
}

}  // namespace
}  // namespace inflow::tools
