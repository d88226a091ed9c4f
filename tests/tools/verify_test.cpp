#include "inflow/tools/verify.hpp"

#include <nlohmann/json.hpp>

#include "support/picture_source.hpp"
#include "support/small_pipeline.hpp"
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

TEST(WaysToMake, CoverThreadsGroupsBuffersAndResuming) {
  const Pipeline pipeline = support::small_pipeline();
  std::vector<std::string> names;
  for (const Way& way : ways_to_make(pipeline, {}, 8)) names.push_back(way.what);
  EXPECT_THAT(names,
              testing::ElementsAre("threads 1", "threads 2", "threads 8", "threads 99", "group 1",
                                   "group 7", "group 10", "buffers 1", "buffers 2",
                                   "resumed after 1", "resumed after 4", "resumed after 7"));
}

// Says something else whenever it is asked again, so that no two ways get the same.
class FickleSource final : public Source {
 public:
  std::uint64_t size() const override { return 45; }
  std::span<const std::string> classes() const override { return {}; }
  Meta about(std::uint64_t index) const override { return {.identity = index}; }
  SampleError at(std::uint64_t, Sample& sample, const WindowOf&) const override {
    sample.image.create(8, 8);
    sample.image.setTo(static_cast<std::uint8_t>(asked_++ * 7));
    return {};
  }

 private:
  mutable std::atomic<unsigned> asked_ = 0;
};

TEST(WaysToMake, FindASourceThatIsNotAFunctionOfTheIndex) {
  const Pipeline pipeline = support::small_pipeline(std::make_shared<FickleSource>());
  const Way oracle{"serial", [&](std::uint64_t) {
                     std::vector<BatchDigest> batches;
                     for (std::uint64_t i = 0;
                          const std::string& digest : support::digests_of(*run_serial(pipeline)))
                       batches.push_back({i / 5, i % 5, digest}), ++i;
                     return batches;
                   }};
  const std::vector<Comparison> rows = compare(oracle, ways_to_make(pipeline, {}, 10), 10);
  for (const Comparison& row : std::span(rows).subspan(1)) EXPECT_TRUE(row.difference) << row.what;
}

TEST(Report, SaysWhereADifferenceBeginsAndFails) {
  const std::vector<Way> ways{way_of("threads 8", {"a", "x"}), way_of("group 7", {"a"})};
  const auto rows = compare(way_of("serial", {"a", "b"}), ways, 2);
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  EXPECT_EQ(report(rows, {.json = true}), ExitCode::mismatch);
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
}

using VerifyTest = ProgramTest;

TEST_F(VerifyTest, PrintsARowForEachWayAllWithOneDigest) {
  const ProgramEnd end = run({"verify", "config.yaml", "--quiet"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.err, "");
  EXPECT_THAT(end.out, testing::StartsWith(
                           "what                 batches  digest                            equal\n"
                           "serial                     8  "));
  EXPECT_THAT(end.out, HasSubstr("\nthreads 99                 8  "));
  EXPECT_THAT(end.out, HasSubstr("\nresumed after 7            8  "));
  EXPECT_THAT(end.out, testing::Not(HasSubstr("  no\n")));
}

TEST_F(VerifyTest, AnswersInJson) {
  const ProgramEnd end = run({"verify", "config.yaml", "--epochs", "2", "--json", "--quiet"});
  EXPECT_EQ(end.exit_code, 0);
  const json all = json::parse(end.out);
  EXPECT_EQ(all["equal"], true);
  ASSERT_EQ(all["ways"].size(), 13);
  for (const json& way : all["ways"]) {
    EXPECT_EQ(way["batches"], 12);
    EXPECT_EQ(way["digest"], all["ways"][0]["digest"]);
    EXPECT_EQ(way["equal"], true);
  }
}

TEST_F(VerifyTest, ShowsWhatIsUnderWayOnStderr) {
  EXPECT_THAT(run({"verify", "config.yaml"}).err, HasSubstr("0/13  serial\n"));
}

TEST_F(VerifyTest, RefusesWhatMakesNoSense) {
  EXPECT_EQ(run({"verify", "config.yaml", "--batches", "0"}).exit_code, 2);
  const ProgramEnd both = run({"verify", "config.yaml", "--batches", "2", "--epochs", "1"});
  EXPECT_EQ(both.exit_code, 2);
  EXPECT_THAT(both.err, HasSubstr("--batches excludes --epochs"));
}

}  // namespace
}  // namespace inflow::tools
