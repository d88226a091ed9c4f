#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

class PreviewTest : public ProgramTest {
 protected:
  cv::Mat picture(const std::string& name) const {
    return cv::imread((directory_ / name).string(), cv::IMREAD_COLOR);
  }
};

TEST_F(PreviewTest, ARowHoldsTheOriginalAndItsViews) {
  const ProgramEnd end =
      run({"preview", "config.yaml", "--samples", "5", "--set", "views.count=3"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.out, "preview.png\n");
  EXPECT_EQ(end.err, "");
  const cv::Mat drawn = picture("preview.png");
  ASSERT_FALSE(drawn.empty());
  EXPECT_NEAR(static_cast<double>(drawn.cols) / drawn.rows, 4.0 / 5, 0.05);
}

TEST_F(PreviewTest, LocalViewsComeAfterTheOthers) {
  const ProgramEnd end =
      run({"preview", "config.yaml", "--samples", "6", "--set", "views.local={count: 3, size: 5}"});
  EXPECT_EQ(end.err, "");
  const cv::Mat drawn = picture("preview.png");
  ASSERT_FALSE(drawn.empty());
  EXPECT_NEAR(static_cast<double>(drawn.cols) / drawn.rows, 6.0 / 6, 0.05);
}

TEST_F(PreviewTest, TheSameSettingsGiveTheSameBytes) {
  EXPECT_EQ(run({"preview", "config.yaml", "--out", "a.png"}).exit_code, 0);
  EXPECT_EQ(run({"preview", "config.yaml", "--out", "b.png"}).exit_code, 0);
  EXPECT_EQ(run({"preview", "config.yaml", "--out", "c.png", "--seed", "4"}).exit_code, 0);
  EXPECT_EQ(read_file(directory_ / "a.png"), read_file(directory_ / "b.png"));
  EXPECT_NE(read_file(directory_ / "a.png"), read_file(directory_ / "c.png"));
}

TEST_F(PreviewTest, AnExistingFileIsReplacedOnlyIfToldSo) {
  write_file(directory_ / "out.png", "precious");
  expect_failure(run({"preview", "config.yaml", "--out", "out.png"}), 7,
                 "file exists (--overwrite replaces it): out.png");
  EXPECT_EQ(read_file(directory_ / "out.png"), "precious");
  EXPECT_EQ(run({"preview", "config.yaml", "--out", "out.png", "--overwrite"}).exit_code, 0);
  EXPECT_FALSE(picture("out.png").empty());
}

TEST_F(PreviewTest, JsonSurvivesAnyName) {
  const std::string name = "a \"quoted\\ name.png";
  const ProgramEnd end = run({"--json", "preview", "config.yaml", "--out", name});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(nlohmann::json::parse(end.out), nlohmann::json({{"out", name}}));
}

TEST_F(PreviewTest, AFolderThatIsMissingIsNamed) {
  expect_failure(run({"preview", "config.yaml", "--out", "no/out.png"}), 7,
                 "cannot write: No such file or directory: no/out.png");
}

TEST_F(PreviewTest, AnUnreadablePictureIsNamedAndNothingIsWritten) {
  write_file(directory_ / "folder/cats/cat.png", "not a picture");
  write_file(directory_ / "config.yaml",
             "source: {type: image_folder, path: folder}\nviews: {size: 8}\n");
  expect_failure(run({"preview", "config.yaml"}), 1,
                 "bad sample: index 0 in batch 0 of epoch 0: malformed: picture cannot be decoded: "
                 "folder/cats/cat.png");
  EXPECT_FALSE(std::filesystem::exists(directory_ / "preview.png"));
}

}  // namespace
}  // namespace inflow::tools
