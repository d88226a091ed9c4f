#include "inflow/pipeline/image_hashes.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/mixed.hpp"
#include "support/example_sources.hpp"
#include "support/message.hpp"
#include "support/numbered_source.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

using nlohmann::json;
using support::make_source;

class ImageHashesTest : public testing::Test {
 protected:
  support::TemporaryDirectory directory_;
};

TEST(ImageHash, IsThatOfTheSizeAndAllPixels) {
  const Image image = support::tiny_picture(2, 3);
  std::string bytes = "2x3:";
  for (const cv::Vec3b& pixel : image) {
    for (int channel = 0; channel < 3; ++channel) bytes += static_cast<char>(pixel[channel]);
  }
  const ImageHash hash = hash_of(image);
  EXPECT_EQ(std::string(hash.begin(), hash.end()), checksum_of(bytes).bytes());
  EXPECT_NE(hash, hash_of(image.reshape(3, 3)));
}

TEST(ImageHash, OfAWindowIsThatOfItsPixelsAlone) {
  const Image image = support::tiny_picture(5, 6);
  const Image window = image(cv::Rect(1, 2, 3, 2));
  EXPECT_EQ(hash_of(window), hash_of(window.clone()));
}

TEST_F(ImageHashesTest, AreTheSameHoweverImagesAreStoredAndOrdered) {
  for (std::uint32_t i = 0; i < 9; ++i) {
    support::write_picture(directory_ / ("folder/" + std::to_string(9 - i) + ".png"),
                           support::tiny_picture(4, 5, static_cast<int>(i)));
  }
  std::string pixels;
  for (int i = 0; i < 9; ++i) {
    const Image image = support::tiny_picture(4, 5, i);
    pixels.append(reinterpret_cast<const char*>(image.data), image.total() * 3);
  }
  support::write_file(directory_ / "images.npy", support::npy("|u1", "(9, 4, 5, 3)", pixels));
  const ImageHashes of_folder =
      image_hashes(*make_source({{"type", "image_folder"}, {"path", directory_ / "folder"}}), 2);
  const ImageHashes of_array =
      image_hashes(*make_source({{"type", "npy"}, {"images", directory_ / "images.npy"}}), 1);
  EXPECT_EQ(of_folder.size(), 9U);
  EXPECT_EQ(of_folder, of_array);
  EXPECT_EQ(of_folder.digits(), of_array.digits());
  EXPECT_EQ(images_among(of_array, of_folder), 9U);
}

TEST(ImageHashes, CountAnImageOnceForAllItsCopies) {
  const auto source = std::make_shared<support::NumberedSource>(600);
  const ImageHashes once = image_hashes(*source, 2);
  EXPECT_EQ(once.size(), 600U);
  EXPECT_EQ(image_hashes(*mixed_of({{.source = source, .copies = 3}}), 2), once);
}

TEST(ImageHashes, DifferWhereAnImageDoes) {
  const auto hashes = [](std::uint64_t count) {
    return image_hashes(support::NumberedSource(count), 1);
  };
  EXPECT_NE(hashes(10).digits(), hashes(11).digits());
  EXPECT_EQ(images_among(hashes(11), hashes(10)), 10U);
  EXPECT_TRUE(hashes(10).contains(hashes(1).sorted().front()));
  EXPECT_FALSE(hashes(10).contains(ImageHash{}));
}

TEST_F(ImageHashesTest, NameTheFirstImageThatCannotBeRead) {
  for (const char* name : {"a.png", "b.png", "c.png"})
    support::write_picture(directory_ / name, support::tiny_picture(4, 4));
  support::write_file(directory_ / "b.png", "nothing");
  support::write_file(directory_ / "c.png", "nothing");
  const auto source = make_source({{"type", "image_folder"}, {"path", directory_.path()}});
  EXPECT_THAT(support::message_of<InputError>([&] { (void)image_hashes(*source, 2); }),
              testing::AllOf(testing::StartsWith("image cannot be hashed: b.png: "),
                             testing::HasSubstr((directory_ / "b.png").string())));
}

TEST_F(ImageHashesTest, AreTheSameInAFile) {
  const ImageHashes hashes = image_hashes(support::NumberedSource(50), 1);
  write_image_hashes(directory_ / "hashes.txt", hashes);
  EXPECT_EQ(read_image_hashes(directory_ / "hashes.txt"), hashes);
  const std::string text = support::read_file(directory_ / "hashes.txt");
  EXPECT_EQ(text.size(), 50U * 33);
  EXPECT_THAT(text.substr(0, 33), testing::MatchesRegex("[0-9a-f]{32}\n"));
  write_image_hashes(directory_ / "none.txt", {});
  EXPECT_EQ(read_image_hashes(directory_ / "none.txt"), ImageHashes());
}

TEST_F(ImageHashesTest, OfADamagedFileAreRefusedByTheLine) {
  const std::filesystem::path file = directory_ / "hashes.txt";
  const std::string low(32, '0');
  const std::string high(32, 'f');
  const auto refusal = [&](const std::string& text) {
    support::write_file(file, text);
    return support::message_of<InputError>([&] { read_image_hashes(file); });
  };
  const std::string damaged = "file of image hashes is damaged: expected ";
  const std::string in_file = ": " + file.string();
  EXPECT_EQ(refusal(low + "\n" + high.substr(1) + "\n"),
            damaged + "32 hexadecimal digits in line 2" + in_file);
  EXPECT_EQ(refusal(low + "\n" + high), damaged + "32 hexadecimal digits in line 2" + in_file);
  EXPECT_EQ(refusal(std::string(32, 'x') + "\n"),
            damaged + "32 hexadecimal digits in line 1" + in_file);
  EXPECT_EQ(refusal(high + "\n" + low + "\n"),
            damaged + "hashes in ascending order in line 2" + in_file);
  EXPECT_EQ(support::message_of<InputError>([&] { read_image_hashes(directory_ / "none"); }),
            "cannot read: " + (directory_ / "none").string() + ": No such file or directory");
}

}  // namespace
}  // namespace inflow
