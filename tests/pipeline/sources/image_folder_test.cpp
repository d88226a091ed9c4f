#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/message.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;
using support::tiny_picture;
using support::write_picture;
using testing::ElementsAre;

constexpr std::string_view kEndings = ".bmp, .jpeg, .jpg, .png, .tif, .tiff, .webp";

class ImageFolder : public testing::Test {
 protected:
  std::shared_ptr<const Source> source() {
    return support::make_source({{"type", "image_folder"}, {"path", root_}});
  }

  std::string refusal() {
    return support::message_of<InputError>([this] { source(); });
  }

  // The red values at the upper left of all pictures tell which is which.
  std::vector<int> shades() {
    const auto pictures = source();
    std::vector<int> found;
    Sample sample;
    for (std::uint64_t index = 0; index < pictures->size(); ++index) {
      const SampleError error = pictures->at(index, sample);
      EXPECT_EQ(error.fault, Fault::none) << error.message();
      found.push_back(sample.image(0, 0)[0] - 200);
    }
    return found;
  }

  support::TemporaryDirectory directory_;
  fs::path root_ = directory_ / "pictures";
};

TEST_F(ImageFolder, SortsClassesAndPicturesByTheBytesOfTheirNames) {
  write_picture(root_ / "dog/b.png", tiny_picture(2, 2, 4));
  write_picture(root_ / "dog/a/z.png", tiny_picture(2, 2, 3));
  write_picture(root_ / "cat/10.png", tiny_picture(2, 2, 1));
  write_picture(root_ / "cat/9.png", tiny_picture(2, 2, 2));
  write_picture(root_ / "Zebra/1.png", tiny_picture(2, 2, 0));
  EXPECT_THAT(shades(), ElementsAre(0, 1, 2, 3, 4));
  const auto pictures = source();
  EXPECT_THAT(pictures->classes(), ElementsAre("Zebra", "cat", "dog"));
  EXPECT_EQ(pictures->about(2).label, 1);
  EXPECT_EQ(pictures->about(3).label, 2);
  EXPECT_EQ(pictures->about(4).identity, 4U);
  EXPECT_EQ(pictures->name(1), "cat/10.png");
  EXPECT_EQ(pictures->name(3), "dog/a/z.png");
}

TEST_F(ImageFolder, HasNoLabelsWithoutClassFolders) {
  write_picture(root_ / "2.png", tiny_picture(2, 2, 2));
  write_picture(root_ / "1.png", tiny_picture(2, 2, 1));
  EXPECT_THAT(shades(), ElementsAre(1, 2));
  EXPECT_TRUE(source()->classes().empty());
  EXPECT_EQ(source()->about(0).label, -1);
}

TEST_F(ImageFolder, TakesEveryEndingInEitherCaseAndPassesOverTheRest) {
  for (const char* name : {"1.bmp", "2.jpeg", "3.jpg", "4.png", "5.tif", "6.tiff", "7.webp"}) {
    write_picture(root_ / name, tiny_picture(8, 8));
  }
  write_picture(root_ / "8.png", tiny_picture(8, 8));
  fs::rename(root_ / "8.png", root_ / "8.PnG");
  support::write_file(root_ / "notes.txt", "passed over");
  support::write_file(root_ / ".hidden.png", "passed over");
  support::write_file(root_ / ".png", "passed over");
  const auto pictures = source();
  ASSERT_EQ(pictures->size(), 8U);
  Sample sample;
  for (std::uint64_t index = 0; index < 8; ++index) {
    const SampleError error = pictures->at(index, sample);
    EXPECT_EQ(error.fault, Fault::none) << error.message();
    EXPECT_EQ(size_of(sample.image), (Size{.height = 8, .width = 8}));
  }
}

TEST_F(ImageFolder, FollowsALinkToAPictureInTheFolder) {
  write_picture(root_ / "1.png", tiny_picture(2, 2, 1));
  fs::create_symlink("1.png", root_ / "2.png");
  EXPECT_THAT(shades(), ElementsAre(1, 1));
}

TEST_F(ImageFolder, IsAskedForThroughALinkOfItsOwn) {
  write_picture(root_ / "1.png", tiny_picture(2, 2, 1));
  fs::create_symlink("1.png", root_ / "2.png");
  fs::create_directory_symlink(root_, directory_ / "link");
  root_ = directory_ / "link";
  EXPECT_THAT(shades(), ElementsAre(1, 1));
}

TEST_F(ImageFolder, RefusesALinkThatLeavesTheFolder) {
  write_picture(root_ / "1.png", tiny_picture(2, 2));
  write_picture(directory_ / "pictures-of-others/secret.png", tiny_picture(2, 2));
  fs::create_symlink(directory_ / "pictures-of-others/secret.png", root_ / "2.png");
  EXPECT_EQ(refusal(), "symbolic link leaves the image folder: " + (root_ / "2.png").string());
}

TEST_F(ImageFolder, RefusesALinkToAFolder) {
  write_picture(root_ / "cat/1.png", tiny_picture(2, 2));
  fs::create_directory_symlink("..", root_ / "cat/loop");
  EXPECT_EQ(refusal(), "symbolic link leads to a folder: " + (root_ / "cat/loop").string());
  fs::remove(root_ / "cat/loop");
  fs::create_directory_symlink(directory_.path(), root_ / "dog");
  EXPECT_EQ(refusal(), "symbolic link leaves the image folder: " + (root_ / "dog").string());
}

TEST_F(ImageFolder, RefusesALinkThatLeadsNowhere) {
  write_picture(root_ / "1.png", tiny_picture(2, 2));
  fs::create_symlink("nowhere.png", root_ / "2.png");
  EXPECT_EQ(refusal(), "symbolic link leads nowhere: " + (root_ / "2.png").string());
}

TEST_F(ImageFolder, RefusesToBeWithoutAPath) {
  root_.clear();
  EXPECT_EQ(support::message_of<UsageError>([this] { source(); }),
            "image_folder source needs a folder: path");
}

TEST_F(ImageFolder, RefusesAMissingFolder) {
  EXPECT_EQ(refusal(), "image folder does not exist: " + root_.string());
}

TEST_F(ImageFolder, RefusesAFile) {
  support::write_file(root_, "not a folder");
  EXPECT_EQ(refusal(), "image folder is not a folder: " + root_.string());
}

TEST_F(ImageFolder, RefusesAFolderWithoutPictures) {
  support::write_file(root_ / "notes.txt", "no picture");
  EXPECT_EQ(refusal(), "image folder holds no pictures: expected files ending in " +
                           std::string(kEndings) + ": " + root_.string());
}

TEST_F(ImageFolder, RefusesAClassWithoutPictures) {
  write_picture(root_ / "cat/1.png", tiny_picture(2, 2));
  fs::create_directory(root_ / "dog");
  EXPECT_EQ(refusal(), "class folder holds no pictures: expected files ending in " +
                           std::string(kEndings) + ": " + (root_ / "dog").string());
}

TEST_F(ImageFolder, RefusesPicturesBesideClassFolders) {
  write_picture(root_ / "cat/1.png", tiny_picture(2, 2));
  write_picture(root_ / "1.png", tiny_picture(2, 2));
  EXPECT_EQ(refusal(),
            "image folder holds a picture beside class folders: " + (root_ / "1.png").string());
}

TEST_F(ImageFolder, TellsOfABadPictureByAValueAndGoesOn) {
  support::write_file(root_ / "1.png", "no picture");
  write_picture(root_ / "2.png", tiny_picture(2, 2));
  const auto pictures = source();
  Sample sample;
  const SampleError error = pictures->at(0, sample);
  EXPECT_EQ(error.fault, Fault::malformed);
  EXPECT_EQ(error.message(), "picture cannot be decoded: " + (root_ / "1.png").string());
  EXPECT_EQ(pictures->at(1, sample).fault, Fault::none);
}

}  // namespace
}  // namespace inflow
