#include "inflow/pipeline/sheet.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/picture.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

const cv::Vec3b kWhite(255, 255, 255);

Image plain(int height, int width, const cv::Vec3b& color) { return Image(height, width, color); }

TEST(Sheet, StandsTilesInRowsWithAGapAroundEach) {
  const std::vector<Image> tiles{plain(2, 3, {1, 2, 3}), plain(2, 3, {4, 5, 6}),
                                 plain(2, 3, {7, 8, 9})};
  const Image picture = sheet(tiles, {.columns = 2, .gap = 1, .magnification = 1});
  ASSERT_EQ(size_of(picture), (Size{.height = 7, .width = 9}));
  EXPECT_EQ(picture(0, 0), kWhite);
  EXPECT_EQ(picture(1, 1), cv::Vec3b(1, 2, 3));
  EXPECT_EQ(picture(2, 3), cv::Vec3b(1, 2, 3));
  EXPECT_EQ(picture(1, 4), kWhite);
  EXPECT_EQ(picture(1, 5), cv::Vec3b(4, 5, 6));
  EXPECT_EQ(picture(3, 1), kWhite);
  EXPECT_EQ(picture(4, 1), cv::Vec3b(7, 8, 9));
  EXPECT_EQ(picture(4, 5), kWhite);
  EXPECT_EQ(picture(6, 8), kWhite);
}

TEST(Sheet, MagnifiesPixelsToSquares) {
  Image tile = plain(1, 2, {1, 1, 1});
  tile(0, 1) = {2, 2, 2};
  const Image picture = sheet(std::vector<Image>{tile}, {.gap = 0, .magnification = 3});
  ASSERT_EQ(size_of(picture), (Size{.height = 3, .width = 6}));
  for (int y = 0; y < 3; ++y) {
    EXPECT_EQ(picture(y, 2), cv::Vec3b(1, 1, 1));
    EXPECT_EQ(picture(y, 3), cv::Vec3b(2, 2, 2));
  }
}

TEST(Sheet, MakesCellsAsLargeAsTheLargestTile) {
  const std::vector<Image> tiles{plain(1, 3, {1, 1, 1}), plain(4, 1, {2, 2, 2})};
  const Image picture = sheet(tiles, {.columns = 2, .gap = 0, .magnification = 1});
  ASSERT_EQ(size_of(picture), (Size{.height = 4, .width = 6}));
  EXPECT_EQ(picture(0, 2), cv::Vec3b(1, 1, 1));
  EXPECT_EQ(picture(1, 0), kWhite);
  EXPECT_EQ(picture(3, 3), cv::Vec3b(2, 2, 2));
  EXPECT_EQ(picture(3, 4), kWhite);
}

TEST(Sheet, IsNoWiderThanItsTiles) {
  const std::vector<Image> tiles{plain(2, 2, {1, 1, 1})};
  EXPECT_EQ(size_of(sheet(tiles, {.columns = 50, .gap = 1, .magnification = 1})),
            (Size{.height = 4, .width = 4}));
}

TEST(Sheet, RefusesWhatMakesNoPicture) {
  const std::vector<Image> tiles{plain(2, 2, {1, 1, 1})};
  const auto refusal = [](std::span<const Image> of, const SheetOptions& options) {
    return support::message_of<UsageError>([&] { (void)sheet(of, options); });
  };
  EXPECT_EQ(refusal({}, {}), "a sheet needs at least one tile");
  EXPECT_EQ(refusal(std::vector<Image>(1), {}), "a tile of a sheet has no pixels");
  EXPECT_EQ(refusal(tiles, {.columns = 0}), "columns of a sheet must be at least 1: 0");
  EXPECT_EQ(refusal(tiles, {.gap = -1}), "gap of a sheet must be at least 0: -1");
  EXPECT_EQ(refusal(tiles, {.magnification = 0}), "magnification of a sheet must be at least 1: 0");
}

class WritePng : public testing::Test {
 protected:
  support::TemporaryDirectory directory_;
  std::string path_ = directory_ / "sheet.png";
  Image picture_ = support::tiny_picture(9, 7);
};

TEST_F(WritePng, IsReadBackAsItWas) {
  write_png(path_, picture_);
  Image found;
  ASSERT_EQ(read_picture(path_, found).fault, Fault::none);
  ASSERT_EQ(size_of(found), size_of(picture_));
  EXPECT_TRUE(std::equal(found.begin(), found.end(), picture_.begin()));
  EXPECT_FALSE(std::filesystem::exists(path_ + ".part"));
}

TEST_F(WritePng, HoldsTheBytesThatEncodePngGives) {
  write_png(path_, picture_);
  const auto bytes = encode_png(picture_);
  EXPECT_EQ(support::read_file(path_), std::string(bytes.begin(), bytes.end()));
}

TEST_F(WritePng, ReplacesAFile) {
  support::write_file(path_, "old");
  write_png(path_, picture_);
  EXPECT_NE(support::read_file(path_), "old");
}

TEST_F(WritePng, RefusesAPictureWithoutPixels) {
  EXPECT_EQ(support::message_of<UsageError>([this] { write_png(path_, Image()); }),
            "a picture without pixels cannot be encoded");
}

TEST_F(WritePng, NamesThePathIfThereIsNoFolder) {
  const std::string path = directory_ / "nowhere/sheet.png";
  EXPECT_EQ(support::message_of<RuntimeError>([&] { write_png(path, picture_); }),
            "cannot open: " + path + ".part: No such file or directory");
}

TEST_F(WritePng, LeavesTheOldFileAloneIfTheDiskIsFull) {
  support::write_file(path_, "old");
  std::filesystem::create_symlink("/dev/full", path_ + ".part");
  EXPECT_EQ(support::message_of<RuntimeError>([this] { write_png(path_, picture_); }),
            "cannot write: " + path_ + ".part: No space left on device");
  EXPECT_EQ(support::read_file(path_), "old");
  EXPECT_FALSE(std::filesystem::is_symlink(path_ + ".part"));
}

}  // namespace
}  // namespace inflow
