#include <nlohmann/json.hpp>

#include "support/flow_graph_test.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;
using testing::ElementsAre;

class BenchTest : public ProgramTest {
 protected:
  void SetUp() override {
    if (!support::flow_graph_can_be_tested()) GTEST_SKIP() << "oneTBB is not instrumented";
  }

  json measured(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"bench",    "config.yaml", "--json",    "--quiet",
                                       "--rounds", "2",           "--batches", "3"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProgramEnd end = run(std::move(arguments));
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_EQ(end.err, "");
    return json::parse(end.out);
  }

  static std::vector<std::string> names_of(const json& all) {
    std::vector<std::string> names;
    for (const json& row : all["rates"]) names.push_back(row["what"]);
    return names;
  }
};

TEST_F(BenchTest, MeasuresTheLoaderAndItsFloorsInEachRound) {
  const json all = measured({"--threads", "2"});
  EXPECT_EQ(all["threads"], 2);
  EXPECT_EQ(all["batch_samples"], 16);
  EXPECT_EQ(all["batch_bytes"], 2 * 16 * 8 * 8 * 4);
  EXPECT_EQ(all["batches_per_round"], 3);
  EXPECT_THAT(names_of(all), ElementsAre("loader", "bare loop", "decode", "render", "copy"));
  for (const json& row : all["rates"]) {
    ASSERT_EQ(row["rounds"].size(), 2);
    for (const double rate : row["rounds"]) EXPECT_GT(rate, 0);
    EXPECT_EQ(row["images_per_second"], std::min(row["rounds"][0], row["rounds"][1]));
    EXPECT_DOUBLE_EQ(row["share"], all["rates"][0]["images_per_second"].get<double>() /
                                       row["images_per_second"].get<double>());
  }
}

TEST_F(BenchTest, MeasuresReadingWhereThereAreFiles) {
  for (int i = 0; i < 20; ++i)
    support::write_picture(directory_ / "set" / (std::to_string(i) + ".png"),
                           support::tiny_picture(9, 12));
  write_file(directory_ / "config.yaml",
             "source: {type: image_folder, path: set}\nviews: {size: 8}\nbatch: {size: 16}\n");
  // However few epochs there are.
  EXPECT_THAT(names_of(measured({"--set", "epochs=1"})),
              ElementsAre("loader", "bare loop", "read", "decode", "render", "copy"));
}

TEST_F(BenchTest, MeasuresPartOfARankAndALastBatchThatIsShort) {
  const json all =
      measured({"--set", "ranks={count: 2, rank: 1}", "--set", "batch={size: 90, last: partial}",
                "--set", "limits.group=7", "--set", "limits.buffers=1"});
  EXPECT_EQ(all["batch_samples"], 45);
}

TEST_F(BenchTest, PassesOverSkippedSamples) {
  write_file(directory_ / "set/0.png", "no picture");
  for (int i = 1; i < 20; ++i)
    support::write_picture(directory_ / "set" / (std::to_string(i) + ".png"),
                           support::tiny_picture(9, 12));
  write_file(directory_ / "config.yaml",
             "source: {type: image_folder, path: set}\nviews: {size: 8}\nbatch: {size: 16}\n"
             "faults: {on_bad_sample: skip, budget: 1}\n");
  EXPECT_EQ(measured({})["rates"][0]["what"], "loader");
}

TEST_F(BenchTest, PrintsATable) {
  const ProgramEnd end = run({"bench", "config.yaml", "--rounds", "1", "--batches", "1"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.err, "round 1/1\n");
  EXPECT_THAT(end.out, testing::MatchesRegex(" +images/s +least +most +share\n"
                                             "loader( +[0-9]+){3} +100.0 %\n"
                                             "bare loop( +[0-9]+){3} +[0-9.]+ %\n"
                                             "decode( +[0-9]+){3} +[0-9.]+ %\n"
                                             "render( +[0-9]+){3} +[0-9.]+ %\n"
                                             "copy( +[0-9]+){3} +[0-9.]+ %\n"));
}

TEST_F(BenchTest, WarnsOfMoreThreadsThanCoresAsOthersDo) {
  const std::string cores = std::to_string(std::thread::hardware_concurrency());
  const std::string threads = std::to_string(std::thread::hardware_concurrency() + 1);
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"bench", "config.yaml", "--rounds", "1", "--batches", "1"},
        {"stats", "config.yaml", "--batches", "1"},
        {"verify", "config.yaml", "--batches", "1"},
        {"augment", "config.yaml", "--out", "out"}}) {
    std::vector<std::string> words = command;
    words.insert(words.end(), {"--threads", threads, "--quiet"});
    const ProgramEnd end = run(words);
    EXPECT_EQ(end.exit_code, 0) << command[0] << end.err;
    EXPECT_EQ(end.err, "warning: limits.threads is " + threads + ", more than the " + cores +
                           " cores of this machine\n")
        << command[0];
  }
}

TEST_F(BenchTest, ShowsTheRoundsItFinishedWhenInterrupted) {
  const ProgramEnd end = run_and_interrupt(
      {"bench", "config.yaml", "--rounds", "1000", "--batches", "100", "--quiet"});
  EXPECT_EQ(end.exit_code, 130);
  EXPECT_THAT(end.out, testing::HasSubstr("\nloader "));
  EXPECT_EQ(end.err, "\nstopping after this step; again to abort\n");
}

}  // namespace
}  // namespace inflow::tools
