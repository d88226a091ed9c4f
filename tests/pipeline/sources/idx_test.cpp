#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/message.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

using support::gzipped;
using support::idx;
using support::write_file;
using testing::ElementsAre;

class Idx : public testing::Test {
 protected:
  std::shared_ptr<const Source> source(std::string_view images) {
    write_file(images_, images);
    return support::make_source({{"type", "idx"}, {"images", images_}});
  }

  std::shared_ptr<const Source> source(std::string_view images, std::string_view labels) {
    write_file(images_, images);
    write_file(labels_, labels);
    return support::make_source({{"type", "idx"}, {"images", images_}, {"labels", labels_}});
  }

  std::string refusal(std::string_view images) {
    return support::message_of<InputError>([&] { source(images); });
  }

  std::string label_refusal(std::string_view labels) {
    return support::message_of<InputError>(
        [&] { source(support::tiny_idx_images(3, 2, 2), labels); });
  }

  support::TemporaryDirectory directory_;
  std::string images_ = directory_ / "images";
  std::string labels_ = directory_ / "labels";
};

TEST_F(Idx, WidensGreyToThreeEqualChannelsRowByRow) {
  const auto pictures = source(idx({2, 2, 3}, "abcdefuvwxyz"));
  ASSERT_EQ(pictures->size(), 2U);
  Sample sample;
  ASSERT_EQ(pictures->at(1, sample).fault, Fault::none);
  ASSERT_EQ(size_of(sample.image), (Size{.height = 2, .width = 3}));
  EXPECT_EQ(sample.image(0, 0), cv::Vec3b('u', 'u', 'u'));
  EXPECT_EQ(sample.image(0, 2), cv::Vec3b('w', 'w', 'w'));
  EXPECT_EQ(sample.image(1, 0), cv::Vec3b('x', 'x', 'x'));
}

TEST_F(Idx, KnowsLabelsIdentitiesAndSizesWithoutDecoding) {
  const auto pictures = source(support::tiny_idx_images(3, 2, 5), idx({3}, {"\2\0\1", 3}));
  const Meta meta = pictures->about(2);
  EXPECT_EQ(meta.label, 1);
  EXPECT_EQ(meta.identity, 2U);
  EXPECT_EQ(meta.size, (Size{.height = 2, .width = 5}));
}

TEST_F(Idx, NamesAsManyClassesAsTheLargestLabelNeeds) {
  const auto pictures = source(support::tiny_idx_images(3, 1, 1), idx({3}, {"\0\3\0", 3}));
  EXPECT_THAT(pictures->classes(), ElementsAre("0", "1", "2", "3"));
}

TEST_F(Idx, HasNoClassesWithoutLabels) {
  const auto pictures = source(support::tiny_idx_images(3, 1, 1));
  EXPECT_TRUE(pictures->classes().empty());
  EXPECT_EQ(pictures->about(0).label, -1);
}

TEST_F(Idx, ReadsGzipFilesLikePlainOnes) {
  const auto pictures = source(gzipped(idx({2, 1, 1}, "ab")), gzipped(idx({2}, {"\1\0", 2})));
  Sample sample;
  ASSERT_EQ(pictures->at(1, sample).fault, Fault::none);
  EXPECT_EQ(sample.image(0, 0), cv::Vec3b('b', 'b', 'b'));
  EXPECT_EQ(pictures->about(0).label, 1);
}

TEST_F(Idx, FillsAReusedSampleWhereItIs) {
  const auto pictures = source(support::tiny_idx_images(3, 4, 4));
  Sample sample;
  ASSERT_EQ(pictures->at(0, sample).fault, Fault::none);
  const std::uint8_t* const pixels = sample.image.data;
  for (const std::uint64_t index : {2U, 1U, 0U}) {
    ASSERT_EQ(pictures->at(index, sample).fault, Fault::none);
    EXPECT_EQ(sample.image.data, pixels);
  }
}

TEST_F(Idx, RefusesToBeWithoutAFile) {
  EXPECT_EQ(support::message_of<UsageError>([] {
              support::make_source({{"type", "idx"}});
            }),
            "idx source needs a file: images");
}

TEST_F(Idx, RefusesAMissingFile) {
  const std::string path = directory_ / "nowhere";
  EXPECT_EQ(support::message_of<InputError>([&] {
              support::make_source({{"type", "idx"}, {"images", path}});
            }),
            "cannot read file: No such file or directory: " + path);
}

TEST_F(Idx, RefusesAFolder) {
  const std::string path = directory_.path();
  EXPECT_EQ(support::message_of<InputError>([&] {
              support::make_source({{"type", "idx"}, {"images", path}});
            }),
            "cannot read file: Is a directory: " + path);
}

TEST_F(Idx, RefusesAFileWithoutAWholeHeader) {
  EXPECT_EQ(refusal(""),
            "idx file has no whole header: expected 16 bytes, found 0 bytes: " + images_);
  EXPECT_EQ(refusal(support::tiny_idx_images(1, 2, 2).substr(0, 15)),
            "idx file has no whole header: expected 16 bytes, found 15 bytes: " + images_);
}

TEST_F(Idx, RefusesAWrongMagicNumber) {
  EXPECT_EQ(refusal("\x89PNG and many more bytes"),
            "idx file has a wrong magic number: expected two zero bytes first, found 137 and 80: " +
                images_);
}

TEST_F(Idx, RefusesValuesOfAnotherType) {
  std::string images = support::tiny_idx_images(1, 2, 2);
  images[2] = 0x0D;
  EXPECT_EQ(
      refusal(images),
      "idx file has values of another type: expected type 8 (unsigned byte), found type 13: " +
          images_);
}

TEST_F(Idx, RefusesAFileOfLabelsInThePlaceOfImages) {
  EXPECT_EQ(refusal(idx({12}, "labels where")),
            "idx file has a wrong shape: expected 3 dimensions, found 1 dimensions: " + images_);
}

TEST_F(Idx, RefusesATruncatedFile) {
  const std::string images = support::tiny_idx_images(3, 2, 2);
  EXPECT_EQ(refusal(images.substr(0, 27)),
            "idx file is truncated: expected 28 bytes, found 27 bytes: " + images_);
}

TEST_F(Idx, RefusesATooLongFile) {
  EXPECT_EQ(refusal(support::tiny_idx_images(3, 2, 2) + "!"),
            "idx file is too long: expected at most 28 bytes, found more: " + images_);
}

TEST_F(Idx, RefusesSizesThatOverflow) {
  EXPECT_EQ(refusal(idx({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, "abc")),
            "idx file has pictures of an impossible size: expected sides of 1 to 16384, found "
            "4294967295: " +
                images_);
  EXPECT_EQ(refusal(idx({1, 0, 5}, "")),
            "idx file has pictures of an impossible size: expected sides of 1 to 16384, found 0: " +
                images_);
}

TEST_F(Idx, RefusesAFileWithoutSamples) {
  EXPECT_EQ(refusal(idx({0, 28, 28}, "")), "idx file holds no samples: " + images_);
}

TEST_F(Idx, RefusesAGzipFileThatIsCutShort) {
  const std::string packed = gzipped(support::tiny_idx_images(30, 9, 9));
  for (const std::size_t length : {packed.size() - 1, packed.size() / 2, std::size_t{5}}) {
    EXPECT_EQ(refusal(packed.substr(0, length)),
              "cannot read file: the gzip data is cut short: " + images_)
        << length;
  }
}

TEST_F(Idx, RefusesAGzipFileThatIsDamaged) {
  std::string packed = gzipped(support::tiny_idx_images(30, 9, 9));
  packed[packed.size() - 6] ^= 1;  // in the checksum
  EXPECT_EQ(refusal(packed), "cannot read file: the gzip data is damaged: " + images_);
}

TEST_F(Idx, RefusesLabelsThatDoNotMatchTheImages) {
  EXPECT_EQ(label_refusal(idx({2}, "ab")), "idx file does not match " + images_ +
                                               ": expected 3 labels, found 2 labels: " + labels_);
}

TEST_F(Idx, RefusesTruncatedLabels) {
  EXPECT_EQ(label_refusal(idx({3}, "ab")),
            "idx file is truncated: expected 11 bytes, found 10 bytes: " + labels_);
}

}  // namespace
}  // namespace inflow
