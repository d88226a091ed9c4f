#include <nlohmann/json.hpp>

#include "inflow/ops/op.hpp"
#include "inflow/ops/view.hpp"
#include "support/golden.hpp"
#include "support/pictures.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class OpsTest : public ProgramTest {
 protected:
  static std::string photo() { return support::golden("pictures/photo_32x32.png").string(); }

  // The picture that `ops apply` makes of the photograph.
  Image applied(const std::string& spec, const std::string& profile = "pil") const {
    const ProgramEnd end =
        run({"ops", "apply", spec, photo(), "out.png", "--overwrite", "--profile", profile});
    EXPECT_EQ(end.err, "");
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_EQ(end.out, "out.png\n");
    return support::golden_picture(directory_ / "out.png");
  }

  void expect_refused(const std::string& spec, const std::string& message) const {
    expect_failure(run({"ops", "apply", spec, photo(), "out.png"}), 2, message);
    EXPECT_FALSE(std::filesystem::exists(directory_ / "out.png"));
  }
};

TEST_F(OpsTest, ListHasEveryOpByNumberAndTheStepsOfViews) {
  const json all = json::parse(run({"ops", "list", "--json"}).out);
  ASSERT_GT(all.size(), catalog().size());
  for (std::size_t i = 0; i < catalog().size(); ++i) {
    EXPECT_EQ(all[i]["number"], i);
    EXPECT_EQ(all[i]["name"], catalog()[i].name);
  }
  const std::string table = run({"ops", "list"}).out;
  EXPECT_THAT(table, HasSubstr(" 8  solarize       [0, 256]       0 .. 256       1"));
  EXPECT_THAT(table, HasSubstr(" 6  invert         -              -              -"));
  EXPECT_THAT(table, HasSubstr("\n    gaussian_blur "));
}

TEST_F(OpsTest, DescribeSaysWhatAnOpTakes) {
  EXPECT_EQ(
      run({"ops", "describe", "rotate"}).out,
      "rotate: " + std::string(catalog()[4].summary) +
          "\n  number     4\n  family     geometry\n  magnitude  [-360, 360], 0 changes nothing"
          "\n  levels     0 .. 1 of MADAug are -30 .. 30, either sign\n");
  EXPECT_THAT(run({"ops", "describe", "gaussian_blur"}).out, HasSubstr("Standard deviation"));
  expect_failure(run({"ops", "describe", "rotat"}), 2, "unknown op: rotat (did you mean rotate?)");
}

TEST_F(OpsTest, AppliesANumberedOpAsTheLibraryDoes) {
  Image expected;
  const Op& solarize = catalog()[8];
  solarize.apply(support::input_picture("photo_32x32"), expected, 100, 0, 0);
  EXPECT_TRUE(support::same_pixels(applied("solarize:magnitude=100"), expected));
  EXPECT_TRUE(support::same_pixels(applied("solarize:magnitude=100", "fast"), expected));
}

TEST_F(OpsTest, PlacesACutoutWhereItsDrawsSay) {
  Image expected;
  catalog()[14].apply(support::input_picture("photo_32x32"), expected, 0.3F, 0.25F, 0.75F);
  EXPECT_TRUE(support::same_pixels(applied("cutout:magnitude=0.3,u=0.25,v=0.75"), expected));
}

TEST_F(OpsTest, AppliesStepsOfViews) {
  const Image crop = applied("resized_crop:top=2,left=4,height=27,width=22,size=28");
  EXPECT_TRUE(support::same_pixels(crop, support::golden_picture("views/steps/resize.png")));
  EXPECT_TRUE(support::same_pixels(applied("grayscale"),
                                   support::golden_picture("views/steps/grayscale.png")));
  EXPECT_TRUE(support::same_pixels(applied("hue:shift=-0.13"),
                                   support::golden_picture("views/steps/hue.png")));
  EXPECT_EQ(size_of(applied("center_crop:size=40")), (Size{.height = 40, .width = 40}));
}

TEST_F(OpsTest, WhatIsWrongIsNamedBeforeAnythingIsWritten) {
  expect_refused("solarise:magnitude=3", "unknown op: solarise (did you mean solarize?)");
  expect_refused("solarize", "solarize needs a magnitude in [0, 256]: solarize:magnitude=256");
  EXPECT_THAT(
      run({"ops", "apply", "solarize:magnitude=300", photo(), "out.png"}).err,
      HasSubstr("solarize magnitude: magnitude: expected a number in [0, 256], found: 300"));
  EXPECT_THAT(run({"ops", "apply", "solarize:magnitude=.nan", photo(), "out.png"}).err,
              HasSubstr("magnitude: expected a number in [0, 256]"));
  EXPECT_THAT(run({"ops", "apply", "hue:shfit=0.1", photo(), "out.png"}).err,
              HasSubstr("unknown key: shfit (did you mean shift?)"));
  expect_refused("gaussian_blur:kernel=4", "kernel must be odd: 4");
  expect_refused("resized_crop:top=30,height=3,width=4",
                 "window must lie inside the picture of 32x32");
  expect_failure(run({"ops", "apply", "grayscale", "gone.png", "out.png"}), 6,
                 "cannot read file: No such file or directory: gone.png");
}

TEST_F(OpsTest, AnExistingPictureIsKept) {
  write_file(directory_ / "out.png", "mine");
  expect_failure(run({"ops", "apply", "grayscale", photo(), "out.png"}), 7,
                 "file exists (--overwrite replaces it): out.png");
  EXPECT_EQ(read_file(directory_ / "out.png"), "mine");
}

TEST_F(OpsTest, PreviewDrawsEveryOpAtFiveLevels) {
  ASSERT_EQ(run({"preview", "--ops", photo(), "--out", "sheet.png"}).exit_code, 0);
  const Image sheet = support::golden_picture(directory_ / "sheet.png");
  const int ops = static_cast<int>(catalog().size());
  EXPECT_EQ(size_of(sheet), (Size{.height = ops * 34 + 2, .width = 5 * 34 + 2}));
  expect_failure(run({"preview", "--out", "other.png"}), 2,
                 "CONFIG is required, or --ops PICTURE, or --policy CHECKPOINT");
}

}  // namespace
}  // namespace inflow::tools
