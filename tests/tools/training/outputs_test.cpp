#include <nlohmann/json.hpp>

#include "tools/training/pretrain_test.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// One evaluated run, looked at from all sides.
class OutputsTest : public PretrainTest {
 protected:
  OutputsTest() : end_(run({"pretrain", "evaluated.yaml", "--out", "run"})) {}

  void SetUp() override { ASSERT_EQ(end_.exit_code, 0) << end_.err; }

  ProgramEnd end_;
};

TEST_F(OutputsTest, TheTableGoesToStdoutAndProgressToStderr) {
  EXPECT_EQ(end_.out, file("run/evaluation.txt") + "run directory: run\nreport: run/report.html\n");
  for (const std::string row : {"raw pixels", "untrained encoder", "trained encoder"}) {
    EXPECT_THAT(end_.out, HasSubstr("\n" + row + " "));
    EXPECT_THAT(end_.err, HasSubstr("info: evaluating " + row + "\n"));
  }
  EXPECT_THAT(end_.err, HasSubstr("\nstep 12/12  loss "));
}

TEST_F(OutputsTest, TheRunDirectoryHoldsWhatWasUsedAndWhatCameOut) {
  EXPECT_EQ(json::parse(file("run/versions.json"))["command_line"],
            std::string(INFLOW_PROGRAM) + " pretrain evaluated.yaml --out run");
  EXPECT_EQ(file("run/resolved.yaml"), run({"config", "show", "evaluated.yaml"}).out);
  EXPECT_EQ(steps_of("run"), 12);
  EXPECT_TRUE(exists("run/checkpoints/step-8.checkpoint"));
  EXPECT_TRUE(exists("run/checkpoints/step-12.checkpoint"));
  EXPECT_FALSE(exists("run/checkpoints/step-4.checkpoint"));
  for (const std::string name : {"encoder.safetensors", "encoder.pt", "manifest.json"}) {
    EXPECT_TRUE(exists("run/export/" + name)) << name;
  }
}

TEST_F(OutputsTest, TheEvaluationIsThereAsJson) {
  const json evaluation = json::parse(file("run/evaluation.json"));
  std::vector<std::string> representations;
  for (const json& row : evaluation["rows"]) {
    representations.push_back(row["representation"]);
    for (const std::string measure : {"knn", "linear", "few_knn", "few_linear"}) {
      EXPECT_GE(row[measure]["mean"], 0.0);
      EXPECT_LE(row[measure]["mean"], 100.0);
    }
    EXPECT_EQ(row["few_knn"]["draws"], 2);
  }
  EXPECT_EQ(representations,
            (std::vector<std::string>{"raw pixels", "untrained encoder", "trained encoder"}));
}

TEST_F(OutputsTest, TheReportNeedsNoOtherFile) {
  const std::string report = file("run/report.html");
  EXPECT_THAT(report, HasSubstr("<title>run</title>"));
  EXPECT_THAT(report, HasSubstr("<svg"));
  EXPECT_THAT(report, HasSubstr("src=\"data:image/png;base64,"));
  EXPECT_THAT(report, HasSubstr(file("run/evaluation.txt")));
  std::size_t sources = 0;
  for (const std::string attribute : {" src=\"", " href=\"", "href='", "url("}) {
    for (std::size_t at = report.find(attribute); at != std::string::npos;
         at = report.find(attribute, at + 1)) {
      const std::string_view target = std::string_view(report).substr(at + attribute.size(), 5);
      EXPECT_TRUE(target == "data:" || target.starts_with('#')) << attribute << target;
      ++sources;
    }
  }
  EXPECT_GE(sources, 1U);
  EXPECT_THAT(report, testing::Not(HasSubstr("<script src")));
}

TEST_F(OutputsTest, ProbePrintsTheTableOfTheRun) {
  const ProgramEnd probe = run({"probe", "run"});
  EXPECT_EQ(probe.exit_code, 0) << probe.err;
  EXPECT_EQ(probe.out, file("run/evaluation.txt"));
}

TEST_F(OutputsTest, ProbeTakesOtherSettings) {
  const ProgramEnd probe = run({"probe", "run", "--json", "--set", "evaluation.knn.k=3"});
  EXPECT_EQ(probe.exit_code, 0) << probe.err;
  const json found = json::parse(probe.out);
  EXPECT_EQ(found["knn"]["k"], 3);
  EXPECT_EQ(found["rows"].size(), 3U);
}

TEST_F(OutputsTest, ExportWritesTheSameEncoderElsewhere) {
  const ProgramEnd exported = run({"export", "run", "--out", "deep/elsewhere"});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  EXPECT_EQ(exported.out, "encoder of step 12 written to deep/elsewhere\n");
  for (const std::string name : {"/encoder.safetensors", "/manifest.json"}) {
    EXPECT_TRUE(file("deep/elsewhere" + name) == file("run/export" + name)) << name;
  }
  EXPECT_TRUE(exists("deep/elsewhere/encoder.pt"));
}

TEST_F(OutputsTest, ExportRefusesToReplaceUnlessToldSo) {
  expect_failure(run({"export", "run"}), 7,
                 "an exported encoder exists (--overwrite replaces it): run/export");
  const ProgramEnd exported = run({"export", "run", "--overwrite", "--json"});
  EXPECT_EQ(exported.exit_code, 0) << exported.err;
  EXPECT_EQ(json::parse(exported.out), json({{"out", "run/export"}, {"step", 12}}));
}

TEST_F(OutputsTest, AFinishedRunPrintsItsTableAgain) {
  const ProgramEnd again = run({"pretrain", "evaluated.yaml", "--out", "run", "--resume"});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.out, end_.out);
  EXPECT_THAT(again.err, HasSubstr("info: resuming after step 12\n"));
  EXPECT_THAT(again.err, testing::Not(HasSubstr("evaluating")));
}

TEST_F(OutputsTest, AnotherRunOfTheSameSettingsIsEqual) {
  EXPECT_EQ(run({"pretrain", "evaluated.yaml", "--out", "again"}).exit_code, 0);
  expect_equal_runs("run", "again");
  EXPECT_EQ(file("run/evaluation.json"), file("again/evaluation.json"));
}

TEST_F(PretrainTest, QuietJsonPrintsTheRowsAndNothingElse) {
  const ProgramEnd end = run({"pretrain", "evaluated.yaml", "--out", "run/", "--json", "--quiet"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.err, "");
  const json result = json::parse(end.out);
  EXPECT_EQ(result["run"], "run/");
  EXPECT_EQ(result["steps"], 12);
  EXPECT_EQ(result["evaluation"], json::parse(file("run/evaluation.json")));
  EXPECT_EQ(result["evaluation"]["rows"].size(), 3U);
  EXPECT_THAT(file("run/report.html"), HasSubstr("<title>run</title>"));
}

TEST_F(PretrainTest, WithoutATestSetNothingIsEvaluated) {
  const ProgramEnd end = run(pretrain("run", {"--json"}));
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(json::parse(end.out), json({{"run", "run"}, {"steps", 12}}));
  EXPECT_FALSE(exists("run/evaluation.json"));
  expect_failure(run({"probe", "run"}), 2,
                 "the run names no labeled sets: set evaluation.train and evaluation.test");
}

TEST_F(PretrainTest, TheRunDirectoryIsNamedAfterTheConfigIfNoneIsGiven) {
  EXPECT_EQ(run({"pretrain", "config.yaml", "--set", "training.steps=2"}).exit_code, 0);
  EXPECT_EQ(steps_of("runs/config"), 2);
}

}  // namespace
}  // namespace inflow::tools
