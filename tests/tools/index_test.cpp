#include <nlohmann/json.hpp>

#include "support/golden.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

class IndexTest : public ProgramTest {
 protected:
  IndexTest() {
    for (const char* name : {"train-000.tar", "train-001.tar"})
      write_file(directory_ / "shards" / name, read_file(support::golden("shards") / name));
  }
};

TEST_F(IndexTest, WritesAnIndexBesideEachShard) {
  const ProgramEnd end = run({"index", "shards"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.out,
            "shards/train-000.tar.inflow-index.json: 3 samples\n"
            "shards/train-001.tar.inflow-index.json: 2 samples\n");
  EXPECT_EQ(end.err, "");
  EXPECT_TRUE(std::filesystem::exists(directory_ / "shards/train-001.tar.inflow-index.json"));
}

TEST_F(IndexTest, TakesSeveralShards) {
  const ProgramEnd end = run({"index", "shards/train-001.tar", "shards/train-000.tar"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.out,
            "shards/train-001.tar.inflow-index.json: 2 samples\n"
            "shards/train-000.tar.inflow-index.json: 3 samples\n");
}

TEST_F(IndexTest, AnswersInJson) {
  const ProgramEnd end = run({"index", "shards/train-{000..000}.tar", "--json"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(nlohmann::json::parse(end.out),
            nlohmann::json({{{"shard", "shards/train-000.tar"},
                             {"index", "shards/train-000.tar.inflow-index.json"},
                             {"samples", 3}}}));
}

TEST_F(IndexTest, IsAskedForAgainWhenTheShardHasChanged) {
  EXPECT_EQ(run({"index", "shards"}).exit_code, 0);
  write_file(directory_ / "config.yaml",
             "source: {type: tar, shards: [shards]}\nviews: {size: 8}\nbatch: {size: 2}\n");
  EXPECT_EQ(run({"config", "check", "config.yaml"}).exit_code, 0);
  write_file(directory_ / "shards/train-001.tar", read_file(directory_ / "shards/train-000.tar"));
  const ProgramEnd end = run({"config", "check", "config.yaml"});
  EXPECT_EQ(end.exit_code, 6);
  EXPECT_THAT(end.err, testing::MatchesRegex(
                           "error: index file is not of its shard as it is now: expected size .*; "
                           "write it anew with `inflow index shards/train-001.tar`: "
                           "shards/train-001.tar.inflow-index.json\n"));
  EXPECT_EQ(run({"index", "shards/train-001.tar"}).exit_code, 0);
  EXPECT_EQ(run({"config", "check", "config.yaml"}).exit_code, 0);
}

TEST_F(IndexTest, ADamagedShardIsDamagedInput) {
  write_file(directory_ / "shards/train-000.tar", std::string(700, 'x'));
  expect_failure(run({"index", "shards/train-000.tar"}), 6,
                 "tar file cannot be opened: Unrecognized archive format: "
                 "shards/train-000.tar");
}

TEST_F(IndexTest, AMissingPathIsMissingInput) {
  expect_failure(run({"index", "none.tar"}), 6,
                 "cannot read file: No such file or directory: none.tar");
}

}  // namespace
}  // namespace inflow::tools
