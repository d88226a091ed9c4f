#include "inflow/tools/verify.hpp"

#include <nlohmann/json.hpp>

#include "support/flow_graph_test.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;
using testing::HasSubstr;

Way way_of(std::string what, std::vector<std::string> digests) {
  return {std::move(what), [digests = std::move(digests)](std::uint64_t count) {
            std::vector<BatchDigest> batches;
            for (const std::string& digest : digests) {
              const std::uint64_t number = batches.size();
              if (number < count) batches.push_back({number / 2, number % 2, digest});
            }
            return batches;
          }};
}

TEST(Compare, NamesTheFirstBatchThatDiffers) {
  const Way oracle = way_of("serial", {"a", "b", "c", "d"});
  const std::vector<Way> ways{way_of("same", {"a", "b", "c", "d"}),
                              way_of("other", {"a", "b", "x", "y"})};
  const std::vector<Comparison> rows = compare(oracle, ways, 4);
  ASSERT_EQ(rows.size(), 3);
  EXPECT_EQ(rows[0].what, "serial");
  EXPECT_EQ(rows[1].digest, rows[0].digest);
  EXPECT_FALSE(rows[1].difference);
  EXPECT_NE(rows[2].digest, rows[0].digest);
  ASSERT_TRUE(rows[2].difference);
  EXPECT_EQ(rows[2].difference->position, 2);
  EXPECT_EQ(rows[2].difference->expected, (BatchDigest{1, 0, "c"}));
  EXPECT_EQ(rows[2].difference->found, (BatchDigest{1, 0, "x"}));
}

TEST(Compare, ABatchMissingOrTooManyIsADifference) {
  const Way oracle = way_of("serial", {"a", "b"});
  const std::vector<Way> ways{way_of("short", {"a"}), way_of("long", {"a", "b", "c"})};
  const std::vector<Comparison> rows = compare(oracle, ways, 3);
  ASSERT_TRUE(rows[1].difference && rows[2].difference);
  EXPECT_EQ(rows[1].difference->expected, (BatchDigest{0, 1, "b"}));
  EXPECT_FALSE(rows[1].difference->found);
  EXPECT_EQ(rows[2].difference->position, 2);
  EXPECT_FALSE(rows[2].difference->expected);
}

TEST(Compare, TakesNoMoreThanItIsAskedFor) {
  const std::vector<Way> ways{way_of("long", {"a", "x"})};
  EXPECT_FALSE(compare(way_of("serial", {"a", "b"}), ways, 1)[1].difference);
}

TEST(Report, SaysWhereADifferenceBeginsAndFails) {
  const std::vector<Way> ways{way_of("threads 8", {"a", "x"}), way_of("group 7", {"a"})};
  const auto rows = compare(way_of("serial", {"a", "b"}), ways, 2);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  EXPECT_EQ(report(rows, std::vector<LeftOut>{{"ranks 3", "no"}}, {.json = true}),
            ExitCode::mismatch);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "error: threads 8 differs: expected batch 1 of epoch 0 with digest b, "
            "found batch 1 of epoch 0 with digest x\n"
            "error: group 7 differs: expected batch 1 of epoch 0 with digest b, found no batch\n");
  const json all = json::parse(testing::internal::GetCapturedStdout());
  EXPECT_EQ(all["equal"], false);
  EXPECT_EQ(all["ways"][1]["equal"], false);
  EXPECT_EQ(all["ways"][1]["first_difference"]["found"],
            json({{"epoch", 0}, {"batch", 1}, {"digest", "x"}}));
  EXPECT_EQ(all["ways"][2]["first_difference"]["found"], nullptr);
  EXPECT_EQ(all["left_out"], json::array({{{"what", "ranks 3"}, {"why", "no"}}}));
}

class VerifyTest : public ProgramTest {
 protected:
  void SetUp() override {
    if (!support::flow_graph_can_be_tested()) GTEST_SKIP() << "oneTBB is not instrumented";
  }
};

TEST_F(VerifyTest, PrintsARowForEachWayAllWithOneDigest) {
  const ProgramEnd end = run({"verify", "config.yaml", "--quiet"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.err, "");
  EXPECT_THAT(end.out, testing::StartsWith(
                           "what                 batches  digest                            equal\n"
                           "serial                     8  "));
  EXPECT_THAT(end.out, HasSubstr("\nthreads 99                 8  "));
  EXPECT_THAT(end.out, HasSubstr("\nresumed after 7            8  "));
  EXPECT_THAT(end.out, HasSubstr("\nranks 8 after 4            8  "));
  EXPECT_THAT(end.out,
              testing::EndsWith("\nleft out: ranks 3: batch.size is no multiple of it: 16\n"));
  EXPECT_THAT(end.out, testing::Not(HasSubstr("  no\n")));
}

TEST_F(VerifyTest, AnswersInJson) {
  const ProgramEnd end = run({"verify", "config.yaml", "--epochs", "2", "--json", "--quiet"});
  EXPECT_EQ(end.exit_code, 0);
  const json all = json::parse(end.out);
  EXPECT_EQ(all["equal"], true);
  EXPECT_EQ(all["left_out"].size(), 1);
  for (const json& way : all["ways"]) {
    EXPECT_EQ(way["batches"], 12);
    EXPECT_EQ(way["digest"], all["ways"][0]["digest"]);
    EXPECT_EQ(way["equal"], true);
  }
}

TEST_F(VerifyTest, ShowsWhatIsUnderWayOnStderr) {
  EXPECT_THAT(run({"verify", "config.yaml"}).err, testing::MatchesRegex("0/[0-9]+  serial\n"));
}

TEST_F(VerifyTest, EndsAtOnceWhenInterrupted) {
  const ProgramEnd end =
      run_and_interrupt({"verify", "config.yaml", "--batches", "2000", "--quiet"});
  EXPECT_EQ(end.exit_code, 130);
  EXPECT_EQ(end.out, "");
  EXPECT_EQ(end.err, "\nnot everything was compared\n");
}

TEST_F(VerifyTest, RefusesWhatMakesNoSense) {
  EXPECT_EQ(run({"verify", "config.yaml", "--batches", "0"}).exit_code, 2);
  const ProgramEnd both = run({"verify", "config.yaml", "--batches", "2", "--epochs", "1"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_THAT(both.err, HasSubstr("--batches excludes --epochs"));
}

}  // namespace
}  // namespace inflow::tools
