#include <span>
#include <string>

#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using testing::HasSubstr;
using testing::Not;

// Six samples of two views each have twelve lines.
class ReplayTest : public ProgramTest {
 protected:
  ReplayTest() {
    const ProgramEnd end = run({"preview", "config.yaml", "--samples", "6", "--set",
                                "policy.type=trivial_augment_wide", "--provenance", "lines.jsonl"});
    EXPECT_EQ(end.err, "");
  }
};

TEST_F(ReplayTest, MakesEveryRowAgain) {
  const ProgramEnd end = run({"replay", "lines.jsonl"});
  EXPECT_EQ(end.err, "");
  EXPECT_EQ(end.out, "12 rows made again, 12 with the same pixels\n");
  EXPECT_EQ(end.exit_code, 0);
}

TEST_F(ReplayTest, DrawsOneRow) {
  const ProgramEnd end = run({"--json", "replay", "lines.jsonl", "--row", "3", "--out", "row.png"});
  EXPECT_EQ(end.err, "");
  EXPECT_EQ(nlohmann::json::parse(end.out),
            nlohmann::json::parse(R"({"rows": 1, "different": []})"));
  const cv::Mat row = cv::imread((directory_ / "row.png").string(), cv::IMREAD_COLOR);
  EXPECT_EQ(row.size(), cv::Size(8, 8));
  expect_failure(run({"replay", "lines.jsonl", "--row", "4", "--out", "row.png"}), 7,
                 "file exists (--overwrite replaces it): row.png");
}

TEST_F(ReplayTest, SeesOtherPixels) {
  constexpr std::size_t kHeader = 16;
  std::string images = read_file(directory_ / "images");
  for (char& value : std::span(images).subspan(kHeader)) value = static_cast<char>(~value);
  write_file(directory_ / "images", images);
  const ProgramEnd end = run({"replay", "lines.jsonl"});
  EXPECT_EQ(end.exit_code, 5);
  EXPECT_THAT(end.out, Not(HasSubstr(", 12 with")));
  EXPECT_THAT(end.err, HasSubstr(": other pixels than when it was written: "));
}

TEST_F(ReplayTest, TheSetMayLieElsewhere) {
  std::filesystem::rename(directory_ / "images", directory_ / "moved");
  EXPECT_EQ(run({"replay", "lines.jsonl"}).exit_code, 6);
  EXPECT_EQ(run({"replay", "lines.jsonl", "--set", "source.images=moved"}).exit_code, 0);
}

TEST_F(ReplayTest, SaysWhichLineCannotBeRead) {
  const std::string lines = read_file(directory_ / "lines.jsonl");
  write_file(directory_ / "cut.jsonl", lines.substr(0, lines.size() - 20));
  const ProgramEnd end = run({"replay", "cut.jsonl"});
  EXPECT_EQ(end.exit_code, 6);
  EXPECT_THAT(end.err,
              HasSubstr("error: cut.jsonl:12: provenance is not JSON: {\"results_version"));
  expect_failure(run({"replay", "lines.jsonl", "--row", "13"}), 6,
                 "file tells of 12 rows, not of row 13: lines.jsonl");
}

TEST_F(ReplayTest, DrawsOneRowOnly) {
  expect_failure(run({"replay", "lines.jsonl", "--out", "row.png"}), 2,
                 "--out is for one row, which --row must name: the file tells of 12");
}

TEST_F(ReplayTest, MakesThePicturesOfAManifestAgain) {
  for (const std::string sink : {"folder", "npz"}) {
    const std::string out = "augmented_" + sink;
    ASSERT_EQ(run({"augment", "config.yaml", "--out", out, "--set", "output.provenance=true",
                   "--set", "output.sink.type=" + sink})
                  .exit_code,
              0);
    const ProgramEnd end = run({"replay", out + "/manifest.jsonl"});
    EXPECT_EQ(end.err, "");
    EXPECT_EQ(end.out, "192 rows made again, 192 with the same pixels\n");
  }
}

TEST_F(ReplayTest, SaysWhenAManifestTellsNothing) {
  ASSERT_EQ(run({"augment", "config.yaml", "--out", "plain"}).exit_code, 0);
  expect_failure(run({"replay", "plain/manifest.jsonl"}), 6,
                 "plain/manifest.jsonl:1: manifest tells nothing of how its pictures were made: "
                 "expected one of a job with output.provenance: true");
}

}  // namespace
}  // namespace inflow::tools
