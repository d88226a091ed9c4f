#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/message.hpp"
#include "support/mutations.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

using nlohmann::json;
using support::write_file;
using testing::ElementsAre;

class List : public testing::Test {
 protected:
  List() {
    support::write_picture(directory_ / "set/cats/1.png", support::tiny_picture(6, 4));
    support::write_picture(directory_ / "set/a dog.png", support::tiny_picture(3, 5));
    support::write_picture(directory_ / "beside.png", support::tiny_picture(2, 2));
  }

  std::shared_ptr<const Source> source(std::string_view text, bool outside = false) const {
    write_file(list_, text);
    return support::make_source({{"type", "list"}, {"path", list_}, {"outside", outside}});
  }

  std::string refusal(std::string_view text) const {
    return support::message_of<InputError>([&] { source(text); });
  }

  static Size size_at(const Source& source, std::uint64_t index) {
    Sample sample;
    const SampleError error = source.at(index, sample);
    EXPECT_EQ(error.fault, Fault::none) << error.message();
    return size_of(sample.image);
  }

  support::TemporaryDirectory directory_;
  std::string list_ = directory_ / "set/list.txt";
};

TEST_F(List, ReadsPathsFromItsOwnFolder) {
  const auto pictures = source("cats/1.png\na dog.png\n./cats/../cats/1.png");
  ASSERT_EQ(pictures->size(), 3U);
  EXPECT_EQ(size_at(*pictures, 0), (Size{.height = 6, .width = 4}));
  EXPECT_EQ(size_at(*pictures, 1), (Size{.height = 3, .width = 5}));
  EXPECT_EQ(size_at(*pictures, 2), (Size{.height = 6, .width = 4}));
  EXPECT_TRUE(pictures->classes().empty());
  EXPECT_EQ(pictures->about(1).label, -1);
  EXPECT_EQ(pictures->about(1).identity, 1U);
}

TEST_F(List, CallsAPictureByItsPathWithoutWhatLeadsOutside) {
  const auto pictures = source("./cats/../dogs/1.png\n../../others/2.png\n/abc/3.png", true);
  EXPECT_EQ(pictures->name(0), "dogs/1.png");
  EXPECT_EQ(pictures->name(1), "others/2.png");
  EXPECT_EQ(pictures->name(2), "abc/3.png");
}

TEST_F(List, SkipsBlankLinesAndComments) {
  const auto pictures = source("# all of them\r\n\r\ncats/1.png\r\n  \t\n#a dog.png\n\n");
  ASSERT_EQ(pictures->size(), 1U);
  EXPECT_EQ(size_at(*pictures, 0), (Size{.height = 6, .width = 4}));
}

TEST_F(List, SortsItsLabelsIntoClasses) {
  const auto pictures = source("1.png\then\n2.png\tguinea pig\n3.png\n4.png\t\n5.png\then");
  EXPECT_THAT(pictures->classes(), ElementsAre("guinea pig", "hen"));
  std::vector<std::int32_t> labels;
  for (std::uint64_t index = 0; index < 5; ++index) labels.push_back(pictures->about(index).label);
  EXPECT_THAT(labels, ElementsAre(1, 0, -1, -1, 1));
}

TEST_F(List, MayBeGzipped) { EXPECT_EQ(source(support::gzipped("cats/1.png\n"))->size(), 1U); }

TEST_F(List, TakesAMissingPictureForABadSample) {
  const auto pictures = source("none.png\ncats/1.png");
  Sample sample;
  const SampleError error = pictures->at(0, sample);
  EXPECT_EQ(error.fault, Fault::unreadable);
  EXPECT_EQ(error.message(), "cannot read file: No such file or directory: " +
                                 (directory_ / "set/none.png").string());
  EXPECT_EQ(pictures->at(1, sample).fault, Fault::none);
}

TEST_F(List, LeavesItsFolderOnlyIfItMay) {
  const std::string absolute = directory_ / "beside.png";
  const auto pictures = source("../beside.png\n" + absolute, /*outside=*/true);
  EXPECT_EQ(size_at(*pictures, 0), (Size{.height = 2, .width = 2}));
  EXPECT_EQ(size_at(*pictures, 1), (Size{.height = 2, .width = 2}));

  const auto outside = [&](const std::string& path) {
    return "list file names a picture outside its folder: " + path +
           " in line 2 (outside: true allows it): " + list_;
  };
  for (const std::string path : {"../beside.png", "/beside.png", "cats/../../beside.png", ".."})
    EXPECT_EQ(refusal("cats/1.png\n" + path), outside(path));
}

TEST_F(List, FollowsSymbolicLinksOutOfItsFolderOnlyIfItMay) {
  namespace fs = std::filesystem;
  support::write_picture(directory_ / "set2/1.png", support::tiny_picture(2, 2));
  fs::create_symlink("../beside.png", directory_ / "set/out.png");
  fs::create_symlink(directory_ / "set2", directory_ / "set/folder");
  fs::create_symlink("cats/1.png", directory_ / "set/in.png");
  fs::create_symlink("nowhere", directory_ / "set/nowhere.png");
  const std::string text = "out.png\nfolder/1.png\nfolder/../beside.png\nin.png\nnowhere.png";
  const auto pictures = source(text);
  for (const std::uint64_t index : {0, 1, 2}) {
    Sample sample;
    std::vector<std::uint8_t> bytes;
    for (const SampleError& error : {pictures->at(index, sample), pictures->file(index, bytes)}) {
      EXPECT_EQ(error.fault, Fault::unreadable);
      EXPECT_THAT(error.message(),
                  testing::StartsWith("symbolic link leaves the folder of the list "
                                      "(outside: true allows it): "));
    }
  }
  EXPECT_EQ(size_at(*pictures, 3), (Size{.height = 6, .width = 4}));
  Sample sample;
  EXPECT_THAT(pictures->at(4, sample).message(),
              testing::StartsWith("cannot read file: No such file or directory: "));

  const auto anywhere = source(text, /*outside=*/true);
  for (const std::uint64_t index : {0, 1, 2})
    EXPECT_EQ(size_at(*anywhere, index), (Size{.height = 2, .width = 2}));
}

TEST_F(List, MayLieInAFolderThatASymbolicLinkLeadsTo) {
  source("cats/1.png");
  std::filesystem::create_directory_symlink("set", directory_ / "link");
  const auto pictures =
      support::make_source({{"type", "list"}, {"path", directory_ / "link/list.txt"}});
  EXPECT_EQ(size_at(*pictures, 0), (Size{.height = 6, .width = 4}));
}

TEST_F(List, RefusesLinesThatAreNotAPathAndALabel) {
  EXPECT_EQ(refusal("a.png\n\tcat"), "list file has a label without a path in line 2: " + list_);
  EXPECT_EQ(refusal("a.png\tcat\tdog"), "list file has a second tab in line 1: " + list_);
  EXPECT_EQ(refusal({"a\0.png", 6}), "list file has a zero byte in line 1: " + list_);
}

TEST_F(List, RefusesToHoldNothing) {
  EXPECT_EQ(refusal(""), "list file holds no samples: " + list_);
  EXPECT_EQ(refusal("# nothing\n\n"), "list file holds no samples: " + list_);
  EXPECT_EQ(support::message_of<InputError>([&] {
              support::make_source({{"type", "list"}, {"path", directory_ / "none.txt"}});
            }),
            "cannot read file: No such file or directory: " + (directory_ / "none.txt").string());
  EXPECT_EQ(support::message_of<UsageError>([] { sources().make(sources().part("list")); }),
            "list source needs a file: path");
}

TEST_F(List, SurvivesAnyDamage) {
  const json settings{{"type", "list"}, {"path", list_}};
  write_file(list_, "# two\ncats/1.png\tcat\n\na dog.png\tdog\n");
  support::expect_to_survive_mutations(list_, settings, 2000);
}

}  // namespace
}  // namespace inflow
