#include <thread>

#include "support/example_pool.hpp"
#include "tools/training/pretrain_test.hpp"

namespace inflow::tools {
namespace {

using testing::HasSubstr;

class RefusalsTest : public PretrainTest {
 protected:
  ProgramEnd evaluated(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"pretrain", "evaluated.yaml", "--out", "run", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(std::move(arguments));
  }
};

TEST_F(RefusalsTest, TestImagesAreNeverTrainedOn) {
  const std::string message =
      "the settings contradict each other:\n"
      "  evaluation.test: the same samples as source: test images must not be trained on\n"
      "  evaluation.test: the same samples as evaluation.train";
  const std::vector<std::string> same{"--set", "evaluation.test.images=images", "--set",
                                      "evaluation.test.labels=labels"};
  expect_failure(evaluated(same), 2, message);
  EXPECT_FALSE(exists("run"));

  std::vector<std::string> check{"config", "check", "evaluated.yaml"};
  check.insert(check.end(), same.begin(), same.end());
  expect_failure(run(check), 2, message);
}

TEST_F(RefusalsTest, APoolMadeOfTestImagesIsNotTrainedOn) {
  const auto hashes_of = [&](const std::string& images) {
    return image_hashes(*support::make_source({{"type", "idx"}, {"images", directory_ / images}}),
                        1);
  };
  const auto make_pool = [&](const ImageHashes& training) {
    support::write_pool(directory_ / "pool", support::pool_manifest(9, training), training);
  };
  const std::vector<std::string> mixed{
      "--set", "source=", "--set",
      "source={type: mixed, parts: [{type: idx, images: images}, {type: pool, path: pool}]}"};
  const std::string message =
      "the settings contradict each other:\n"
      "  source: has a pool whose generator was trained on images of evaluation.test, ";
  make_pool(hashes_of("test-images"));
  expect_failure(evaluated(mixed), 2, message + "all 48 of them: pool");
  EXPECT_FALSE(exists("run"));
  std::vector<ImageHash> one = {hashes_of("test-images").sorted()[7]};
  make_pool(ImageHashes(one));
  expect_failure(run({"config", "check", "evaluated.yaml", mixed[0], mixed[1], mixed[2], mixed[3]}),
                 2, message + "1 of 48: pool");
  make_pool(hashes_of("images"));
  EXPECT_EQ(run({"config", "check", "evaluated.yaml", mixed[0], mixed[1], mixed[2], mixed[3]}).err,
            "");
}

TEST_F(RefusalsTest, AnEvaluationNeedsATrainingSet) {
  write_file(directory_ / "config.yaml",
             file("config.yaml") +
                 "evaluation: {test: {type: idx, images: test-images, labels: test-labels}}\n");
  expect_failure(run(pretrain("run", {"--quiet"})), 2,
                 "the settings contradict each other:\n"
                 "  evaluation.train: needed where evaluation.test is given");
}

TEST_F(RefusalsTest, AMissingTestSetIsFoundBeforeTraining) {
  expect_failure(evaluated({"--set", "evaluation.test.images=gone"}), 6,
                 "cannot read file: No such file or directory: gone");
  EXPECT_FALSE(exists("run"));
}

TEST_F(RefusalsTest, LabeledSetsOfOtherClassesAreFoundBeforeTraining) {
  write_file(directory_ / "test-labels", support::tiny_idx_labels(48, 3));
  expect_failure(evaluated({}), 6,
                 "evaluation.test and evaluation.train differ in their classes: 3 and 4");
  expect_failure(evaluated({"--set", "evaluation.train.labels=''"}), 6,
                 "evaluation.train has no labels");
  EXPECT_FALSE(exists("run"));
}

TEST_F(RefusalsTest, TooFewLabelsToDrawFromAreFoundBeforeTraining) {
  expect_failure(evaluated({"--set", "evaluation.few_labels.per_class=25"}), 6,
                 "evaluation.train has 24 samples of class 0, fewer than "
                 "evaluation.few_labels.per_class, which is 25");
  EXPECT_FALSE(exists("run"));
}

TEST_F(RefusalsTest, SettingsThatContradictTheRunLeaveNoDirectoryBehind) {
  const std::string message = "warmup is longer than the run of 1 steps: 2";
  expect_failure(evaluated({"--set", "training.steps=1"}), 2, message);
  expect_failure(run({"config", "check", "evaluated.yaml", "--set", "training.steps=1"}), 2,
                 message);
  EXPECT_FALSE(exists("run"));
}

TEST_F(RefusalsTest, UnknownKeysOfTrainingAreListedAtOnce) {
  const ProgramEnd end = evaluated({"--set", "training.stepps=3", "--set", "encoder.width=[3]",
                                    "--set", "training.optimizer.type=adamm"});
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.err, HasSubstr("unknown key: stepps (did you mean steps?)"));
  EXPECT_THAT(end.err, HasSubstr("unknown key: width (did you mean widths?)"));
  EXPECT_THAT(end.err, HasSubstr("unknown optimizer: adamm (did you mean adam?)"));
}

TEST_F(RefusalsTest, AnUnreadablePictureEndsTheRunAndIsNamed) {
  for (const std::string name : {"a", "b", "c", "d"}) {
    support::write_picture(directory_ / ("folder/cats/" + name + ".png"),
                           support::tiny_picture(9, 9));
  }
  write_file(directory_ / "folder/cats/e.png", "not a picture");
  write_file(directory_ / "config.yaml",
             "source: {type: image_folder, path: folder}\n"
             "views: {size: 8}\n"
             "batch: {size: 5, channels: 1}\n" +
                 std::string(kTrainingSettings));
  expect_failure(run(pretrain("run", {"--quiet"})), 1,
                 "bad sample: index 4 in batch 0 of epoch 0: malformed: picture cannot be decoded: "
                 "folder/cats/e.png");
}

TEST_F(RefusalsTest, MoreThreadsThanCoresIsAWarningOnStderr) {
  const unsigned cores = std::thread::hardware_concurrency();
  const std::string threads = std::to_string(cores + 1);
  const ProgramEnd end =
      run(pretrain("run", {"--quiet", "--threads", threads, "--set", "training.steps=2"}));
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.out, "run directory: run\nreport: run/report.html\n");
  EXPECT_EQ(end.err, "warning: limits.threads is " + threads + ", more than the " +
                         std::to_string(cores) + " cores of this machine\n");
}

}  // namespace
}  // namespace inflow::tools
