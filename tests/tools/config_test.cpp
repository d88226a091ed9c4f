#include <nlohmann/json.hpp>

#include "inflow/pipeline/augment.hpp"
#include "inflow/tools/program.hpp"
#include "support/json_schema.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;

class ConfigTest : public ProgramTest {
 protected:
  // The settings that the program would run with.
  json shown(std::vector<std::string> more = {}, std::vector<std::string> environment = {}) const {
    std::vector<std::string> arguments{"config", "show", "config.yaml", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProgramEnd end = run(std::move(arguments), std::move(environment));
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_EQ(end.err, "");
    return json::parse(end.out);
  }
};

TEST_F(ConfigTest, WhatTheFileLeavesOutHasItsDefault) {
  const json settings = shown();
  EXPECT_EQ(settings["limits"]["threads"], 1);
  EXPECT_EQ(settings["limits"]["buffers"], 4);
}

TEST_F(ConfigTest, VariablesWinOverTheFile) {
  const json settings = shown({}, {"INFLOW_SEED=4", "INFLOW_BATCH__SIZE=8"});
  EXPECT_EQ(settings["seed"], 4);
  EXPECT_EQ(settings["batch"]["size"], 8);
  EXPECT_EQ(settings["batch"]["channels"], 1);
}

TEST_F(ConfigTest, AssignmentsWinOverVariables) {
  const json settings = shown({"--set", "seed=5", "--set", "batch.size=4", "--set", "batch.size=2"},
                              {"INFLOW_SEED=4", "INFLOW_BATCH__SIZE=8"});
  EXPECT_EQ(settings["seed"], 5);
  EXPECT_EQ(settings["batch"]["size"], 2);
}

TEST_F(ConfigTest, FlagsWinOverAssignments) {
  const json settings =
      shown({"--seed", "6", "--threads=2", "--set=seed=5", "--set", "limits.threads=3"},
            {"INFLOW_SEED=4"});
  EXPECT_EQ(settings["seed"], 6);
  EXPECT_EQ(settings["limits"]["threads"], 2);
}

TEST_F(ConfigTest, WhatIsShownReadsBackAsTheSame) {
  const ProgramEnd first = run({"config", "show", "config.yaml", "--set", "views.hue=0.1"});
  ASSERT_EQ(first.exit_code, 0);
  write_file(directory_ / "shown.yaml", first.out);
  EXPECT_EQ(run({"config", "show", "shown.yaml"}).out, first.out);
}

TEST_F(ConfigTest, TheSchemaAcceptsWhatIsShownAndNoUnknownKey) {
  const ProgramEnd schema = run({"config", "schema"});
  EXPECT_EQ(schema.exit_code, 0);
  EXPECT_EQ(schema.err, "");
  const support::JsonSchema parsed(json::parse(schema.out));
  json settings = shown();
  EXPECT_TRUE(parsed.accepts(settings));
  settings["batch"]["sise"] = 3;
  EXPECT_FALSE(parsed.accepts(settings));
}

TEST_F(ConfigTest, TheSchemaOfPipelinesStandsInTheTree) {
  const std::string published = read_file(INFLOW_SOURCE_DIR "/docs/pipeline.schema.json");
  AugmentOptions options;
  EXPECT_EQ(published, schema_json("inflow settings", describe(options)) + "\n")
      << "inflow config schema > docs/pipeline.schema.json, with -DINFLOW_WITH_TORCH=OFF";
  if (training_subcommands().empty()) {
    EXPECT_EQ(published, run({"config", "schema"}).out);
  }
}

TEST_F(ConfigTest, CheckSaysWhatARunWouldGet) {
  const ProgramEnd checked = run({"config", "check", "config.yaml"});
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_EQ(checked.out, "config.yaml: ok, 96 samples, 6 batches an epoch\n");
  EXPECT_EQ(checked.err, "");
}

TEST_F(ConfigTest, CheckAnswersInJson) {
  const ProgramEnd checked = run({"config", "check", "config.yaml", "--json"});
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_EQ(json::parse(checked.out), json({{"ok", true}, {"samples", 96}}));
}

TEST_F(ConfigTest, EveryWrongKeyIsListedAtOnce) {
  write_file(directory_ / "config.yaml", std::string(kPipelineSettings) + "shufle: true\n");
  const ProgramEnd end =
      run({"config", "check", "config.yaml", "--set", "batch.sise=3", "--threads", "-3"},
          {"INFLOW_VIEWS__SIZE=0"});
  expect_failure(end, 2,
                 "settings cannot be used:\n"
                 "  config.yaml:7: shufle: unknown key: shufle (did you mean shuffle?)\n"
                 "  INFLOW_VIEWS__SIZE: views.size: expected an integer in [1, 4096], found: 0\n"
                 "  --set batch.sise: batch.sise: unknown key: sise (did you mean size?)\n"
                 "  --set limits.threads: limits.threads: expected an integer in [0, 1024], found: "
                 "-3");
}

TEST_F(ConfigTest, AMissingFileIsMissingInput) {
  expect_failure(run({"config", "show", "none.yaml"}), 6,
                 "settings file does not exist: none.yaml");
}

}  // namespace
}  // namespace inflow::tools
