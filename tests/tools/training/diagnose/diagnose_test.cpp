#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tools/training/pretrain_test.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Settings with a pool: the second half of the images, without labels, stands for one.
class DiagnoseTest : public PretrainTest {
 protected:
  DiagnoseTest() {
    write_file(directory_ / "generated", support::tiny_idx_images(40, 10, 10));
    write_file(directory_ / "inflated.yaml",
               std::string("version: 1\n"
                           "seed: 3\n"
                           "source: {type: mixed, parts: [{type: idx, images: images, labels: "
                           "labels, copies: 3}, {type: idx, images: generated}]}\n"
                           "views: {size: 8}\n"
                           "batch: {size: 16, channels: 1}\n"
                           "limits: {threads: 1}\n") +
                   kTrainingSettings + kDiagnosis);
    write_file(directory_ / "config.yaml",
               std::string(kPipelineSettings) + kTrainingSettings + kDiagnosis);
  }

  json diagnosed(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all{"diagnose", "--json"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const ProgramEnd end = run(all);
    EXPECT_EQ(end.exit_code, 0) << end.err;
    return json::parse(end.out, nullptr, /*allow_exceptions=*/false);
  }

  static constexpr const char* kDiagnosis =
      "diagnosis: {images: 60, generated: 30, views: 4, eigenvalues: 5}\n";
};

TEST_F(DiagnoseTest, MeasuresTheViewsOfRealImages) {
  const json found = diagnosed({"config.yaml"});
  ASSERT_TRUE(found.contains("real"));
  EXPECT_FALSE(found.contains("inflated"));
  EXPECT_EQ(found["real"]["images"], 60);
  EXPECT_EQ(found["real"]["views"], 4);
  EXPECT_EQ(found["real"]["graph"]["eigenvalues"].size(), 9U);  // one more than twice the classes
  EXPECT_GT(found["real"]["labeled"]["labeling_error"], 0.0);
}

TEST_F(DiagnoseTest, MeasuresThemWithGeneratedOnesBesideTheSameRealOnes) {
  const json alone = diagnosed({"config.yaml"});
  const json both = diagnosed({"inflated.yaml"});
  EXPECT_EQ(both["inflated"]["images"], 90);
  EXPECT_EQ(both["real"]["images"], 60);
  EXPECT_EQ(both["real"].size(), alone["real"].size());
  EXPECT_FALSE(diagnosed({"inflated.yaml", "--set", "diagnosis.generated=0"}).contains("inflated"));
}

TEST_F(DiagnoseTest, RepeatsForAnyThreads) {
  EXPECT_EQ(diagnosed({"inflated.yaml"}), diagnosed({"inflated.yaml", "--threads", "3"}));
}

TEST_F(DiagnoseTest, LooksThroughTheEncoderOfARun) {
  ASSERT_EQ(run(pretrain("run")).exit_code, 0);
  const json pixels = diagnosed({"config.yaml"})["real"];
  const json untrained = diagnosed({"config.yaml", "--encoder", "untrained"})["real"];
  const json trained = diagnosed({"config.yaml", "--encoder", "run"})["real"];
  const json exported = diagnosed({"config.yaml", "--encoder", "run/export"})["real"];
  EXPECT_NE(pixels["alignment"], trained["alignment"]);
  EXPECT_NE(untrained["alignment"], trained["alignment"]);
  EXPECT_EQ(exported["alignment"], trained["alignment"]);
  // ARC = (1 - ACR after) / (1 - ACR before), which an export knows nothing of.
  EXPECT_EQ(trained["confusion_rate_before_training"], untrained["confusion_rate"]);
  EXPECT_DOUBLE_EQ(trained["relative_confusion"].get<double>(),
                   (1 - trained["confusion_rate"].get<double>()) /
                       (1 - untrained["confusion_rate"].get<double>()));
  EXPECT_FALSE(exported.contains("relative_confusion"));
}

TEST_F(DiagnoseTest, WritesAPageWithPlots) {
  const ProgramEnd end = run({"diagnose", "inflated.yaml", "--out", "deep/diagnosis"});
  ASSERT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, HasSubstr("real"));
  EXPECT_THAT(end.out, HasSubstr("phi / lambda_5"));
  EXPECT_TRUE(json::parse(file("deep/diagnosis/diagnosis.json")).contains("inflated"));
  EXPECT_THAT(file("deep/diagnosis/report.html"), HasSubstr("<svg"));
}

TEST_F(DiagnoseTest, ViewsThatDifferAreDrawnInTurn) {
  const ProgramEnd end = run({"diagnose", "config.yaml", "--set", "views.solarize=[0,1]"});
  EXPECT_EQ(end.exit_code, 0) << end.err;
}

TEST_F(DiagnoseTest, SaysWhatIsWrong) {
  expect_failure(run({"diagnose", "config.yaml", "--quiet", "--encoder", "nowhere"}), 6,
                 "neither the directory of a run nor an exported encoder: nowhere");
  const ProgramEnd unlabeled =
      run({"diagnose", "config.yaml", "--set", "source.labels=\"\"", "--json"});
  EXPECT_EQ(unlabeled.exit_code, 0) << unlabeled.err;
  EXPECT_FALSE(json::parse(unlabeled.out)["real"].contains("labeled"));
}

class AdaptTest : public DiagnoseTest {
 protected:
  static std::vector<std::string> adapting(const std::string& to, const std::string& out,
                                           const std::vector<std::string>& more = {}) {
    std::vector<std::string> all{"pretrain", "inflated.yaml", "--out",
                                 out,        "--set",         "adainf=" + to};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

TEST_F(AdaptTest, SimpleTrainsAsWithViewsWrittenOut) {
  ASSERT_EQ(run(adapting("simple", "simple")).exit_code, 0);
  ASSERT_EQ(run(adapting("none", "by_hand",
                         {"--set", "views.crop_min=0.2", "--set", "views.jitter=0.4", "--set",
                          "views.strength=0.5"}))
                .exit_code,
            0);
  expect_equal_runs("simple", "by_hand");
  EXPECT_THAT(file("simple/resolved.yaml"), HasSubstr("crop_min: 0.2"));
}

TEST_F(AdaptTest, AutoTakesTheStrengthWithTheLeastScore) {
  const ProgramEnd end = run(adapting("auto", "auto", {"--set", "weakenings=[0,0.5,1]"}));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  const json adaptation = json::parse(file("auto/adaptation.json"));
  ASSERT_EQ(adaptation["strengths"].size(), 3U);
  double best = std::numeric_limits<double>::infinity();
  double weaken = -1;
  for (const json& strength : adaptation["strengths"]) {
    const json& connection = strength["diagnosis"]["labeled"]["connections"][0];
    EXPECT_EQ(strength["diagnosis"]["images"], 90);
    if (connection["eigenvalue"] <= 0.0 || connection["score"] >= best) continue;
    best = connection["score"];
    weaken = strength["weaken"];
  }
  EXPECT_EQ(adaptation["weaken"], weaken);
  EXPECT_THAT(file("auto/report.html"), HasSubstr("<h2>Strength of views</h2>"));
  ASSERT_EQ(run(adapting("none", "by_hand", {"--set", "views.weaken=" + std::to_string(weaken)}))
                .exit_code,
            0);
  expect_equal_runs("auto", "by_hand");
}

// The run that auto begins for a strength is that of its settings.
TEST_F(AdaptTest, AutoWithoutLabelsTakesTheStrengthWhoseTrainingSortsViewsBest) {
  const auto unlabeled = [](std::vector<std::string> arguments, const std::string& setting) {
    arguments.insert(arguments.end(), {"--set", "source.labels=\"\"", "--set", setting});
    return arguments;
  };
  const auto steps = [&] { return "diagnosis.steps=" + std::to_string(steps_of("run0")); };
  ASSERT_EQ(run(unlabeled(pretrain("run0"), "views.weaken=0")).exit_code, 0);
  ASSERT_EQ(run(unlabeled(pretrain("run1"), "views.weaken=1")).exit_code, 0);
  const ProgramEnd end = run(
      unlabeled(pretrain("auto", {"--set", "adainf=auto", "--set", "weakenings=[0,1]"}), steps()));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  const json adaptation = json::parse(file("auto/adaptation.json"));
  std::vector<double> found;
  for (const int weaken : {0, 1}) {
    const std::string of = std::to_string(weaken);
    const json run = diagnosed(
        unlabeled({"config.yaml", "--encoder", "run" + of}, "views.weaken=" + of))["real"];
    found.push_back(run["relative_confusion"]);
    EXPECT_EQ(adaptation["strengths"][static_cast<std::size_t>(weaken)]["relative_confusion"],
              found.back());
  }
  EXPECT_EQ(adaptation["weaken"], found[1] > found[0] ? 1 : 0);
  EXPECT_THAT(file("auto/report.html"), HasSubstr("relative confusion (ARC)"));
  expect_equal_runs("auto", adaptation["weaken"] == 1 ? "run1" : "run0");
}

TEST_F(AdaptTest, AResumedRunKeepsWhatWasChosen) {
  const std::vector<std::string> more{"--set", "training.steps=80",
                                      "--set", "training.checkpoint_every=20",
                                      "--set", "weakenings=[0,0.5]"};
  const ProgramEnd stopped =
      run_and_signal(adapting("auto", "stopped", more), "stopped", SIGKILL, 25);
  EXPECT_EQ(stopped.signal, SIGKILL);
  std::vector<std::string> resumed = more;
  resumed.push_back("--resume");
  const ProgramEnd end = run(adapting("auto", "stopped", resumed));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.err, testing::Not(HasSubstr("looking at views weakened")));
  ASSERT_EQ(run(adapting("auto", "whole", more)).exit_code, 0);
  expect_equal_runs("whole", "stopped");
}

TEST_F(AdaptTest, SaysWhatIsWrong) {
  const ProgramEnd whole = run(adapting("simple", "run", {"--set", "views.crop=whole", "--quiet"}));
  EXPECT_EQ(whole.exit_code, 2);
  EXPECT_THAT(whole.err, HasSubstr("adainf: weakens views that are cropped at random sizes"));
  EXPECT_FALSE(exists("run"));
}

}  // namespace
}  // namespace inflow::tools
