#include "inflow/pipeline/picture.hpp"

#include <filesystem>

#include <gtest/gtest.h>
#include <zlib.h>

#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

class Picture : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return directory_ / name; }

  Image read(const std::string& name) {
    Image image;
    const SampleError error = read_picture(path(name), image);
    EXPECT_EQ(error.fault, Fault::none) << error.message();
    return image;
  }

  SampleError fault_of(const std::string& name) {
    Image image;
    return read_picture(path(name), image);
  }

  support::TemporaryDirectory directory_;
};

TEST_F(Picture, ComesInTheOrderRedGreenBlue) {
  const Image expected = support::tiny_picture(5, 7);
  for (const std::string name : {"a.png", "a.bmp", "a.tif"}) {
    support::write_picture(path(name), expected);
    const Image found = read(name);
    ASSERT_EQ(size_of(found), size_of(expected));
    EXPECT_TRUE(std::equal(found.begin(), found.end(), expected.begin())) << name;
  }
}

TEST_F(Picture, IsNearlyItselfInALossyFormat) {
  const Image expected = support::tiny_picture(16, 16);
  for (const std::string name : {"a.jpg", "a.webp"}) {
    support::write_picture(path(name), expected);
    EXPECT_LT(cv::norm(read(name), expected, cv::NORM_INF), 16) << name;
  }
}

TEST_F(Picture, IsWidenedFromGreyAndCutFrom16Bits) {
  cv::imwrite(path("grey.png"), cv::Mat1b(2, 2, std::uint8_t{77}));
  EXPECT_EQ(read("grey.png")(1, 1), cv::Vec3b(77, 77, 77));
  cv::imwrite(path("deep.png"), cv::Mat1w(2, 2, std::uint16_t{77 * 256 + 3}));
  EXPECT_EQ(read("deep.png")(1, 1), cv::Vec3b(77, 77, 77));
}

TEST_F(Picture, LosesItsAlpha) {
  cv::imwrite(path("clear.png"), cv::Mat4b(2, 2, cv::Vec4b(30, 20, 10, 0)));
  EXPECT_EQ(read("clear.png")(1, 1), cv::Vec3b(10, 20, 30));
}

// An EXIF segment that says "turn by 90 degrees" (orientation 6), put behind the start of the file.
std::string turned(const std::string& jpeg) {
  const std::string tiff("MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0", 26);
  const std::string body = std::string("Exif\0\0", 6) + tiff;
  const std::string length{'\0', static_cast<char>(body.size() + 2)};
  return jpeg.substr(0, 2) + "\xFF\xE1" + length + body + jpeg.substr(2);
}

TEST_F(Picture, IsNotTurnedByWhatTheFileSaysOfOrientation) {
  support::write_picture(path("a.jpg"), support::tiny_picture(16, 8));
  support::write_file(path("b.jpg"), turned(support::read_file(path("a.jpg"))));
  EXPECT_EQ(cv::imread(path("b.jpg")).rows, 8) << "the file does not say what the test is about";
  EXPECT_EQ(size_of(read("b.jpg")), (Size{.height = 16, .width = 8}));
}

TEST_F(Picture, IsReadIntoTheMemoryItFits) {
  support::write_picture(path("a.png"), support::tiny_picture(9, 9));
  Image image(9, 9);
  const std::uint8_t* const pixels = image.data;
  ASSERT_EQ(read_picture(path("a.png"), image).fault, Fault::none);
  EXPECT_EQ(image.data, pixels);
}

TEST_F(Picture, IsNamedByItsEndingInEitherCase) {
  EXPECT_TRUE(is_picture_name("a.jpg"));
  EXPECT_TRUE(is_picture_name("a.b.JPEG"));
  EXPECT_FALSE(is_picture_name(".jpg"));
  EXPECT_FALSE(is_picture_name("jpg"));
  EXPECT_FALSE(is_picture_name("a.jpg.part"));
}

TEST_F(Picture, MissesByName) {
  const SampleError error = fault_of("nowhere.png");
  EXPECT_EQ(error.fault, Fault::unreadable);
  EXPECT_EQ(error.message(), "cannot read file: No such file or directory: " + path("nowhere.png"));
}

TEST_F(Picture, IsUnreadableIfItIsAFolder) {
  std::filesystem::create_directory(path("folder.png"));
  const SampleError error = fault_of("folder.png");
  EXPECT_EQ(error.fault, Fault::unreadable);
  EXPECT_EQ(error.message(), "cannot read file: Is a directory: " + path("folder.png"));
}

TEST_F(Picture, IsMalformedIfEmpty) {
  support::write_file(path("a.png"), "");
  const SampleError error = fault_of("a.png");
  EXPECT_EQ(error.fault, Fault::malformed);
  EXPECT_EQ(error.message(), "picture file is empty: " + path("a.png"));
}

TEST_F(Picture, IsMalformedIfItIsNone) {
  support::write_file(path("a.png"), "some text");
  const SampleError error = fault_of("a.png");
  EXPECT_EQ(error.fault, Fault::malformed);
  EXPECT_EQ(error.message(), "picture cannot be decoded: " + path("a.png"));
}

TEST_F(Picture, IsMalformedIfItIsNoneAlsoInMemoryThatHeldAnother) {
  Image image = support::tiny_picture(5, 7);
  support::write_file(path("a.png"), "no picture");
  EXPECT_EQ(read_picture(path("a.png"), image).fault, Fault::malformed);
  image = support::tiny_picture(5, 7);
  support::write_file(path("b.png"), "\x89PNG\r\n\x1a\n no header");
  EXPECT_EQ(read_picture(path("b.png"), image).fault, Fault::malformed);
}

TEST_F(Picture, IsMalformedInEveryFormatWhereverItIsCut) {
  for (const std::string ending : {".png", ".bmp", ".tif", ".jpg", ".webp"}) {
    const std::string name = "a" + ending;
    support::write_picture(path(name), support::tiny_picture(40, 40));
    const std::string whole = support::read_file(path(name));
    for (int eighth = 1; eighth < 8; ++eighth) {
      const std::size_t length = whole.size() * static_cast<std::size_t>(eighth) / 8;
      support::write_file(path(name), whole.substr(0, length));
      EXPECT_EQ(fault_of(name).fault, Fault::malformed) << name << " cut at " << length;
    }
  }
}

TEST_F(Picture, IsMalformedIfAJpegFileEndsInItsLastBytes) {
  support::write_picture(path("a.jpg"), support::tiny_picture(40, 40));
  const std::string whole = support::read_file(path("a.jpg"));
  for (const std::size_t missing : {1U, 2U, 3U, 20U}) {
    support::write_file(path("a.jpg"), whole.substr(0, whole.size() - missing));
    const SampleError error = fault_of("a.jpg");
    EXPECT_EQ(error.fault, Fault::malformed);
    EXPECT_EQ(error.message(), "picture is cut short: " + path("a.jpg"));
  }
}

TEST_F(Picture, IsMalformedIfOnlyTheThumbnailOfAJpegFileIsWhole) {
  support::write_picture(path("a.jpg"), support::tiny_picture(40, 40));
  const std::string whole = support::read_file(path("a.jpg"));
  support::write_picture(path("b.jpg"), support::tiny_picture(8, 8));
  const std::string thumbnail = support::read_file(path("b.jpg"));
  const std::size_t length = thumbnail.size() + 2;
  const std::string segment = std::string("\xFF\xEF") + static_cast<char>(length >> 8) +
                              static_cast<char>(length & 0xFF) + thumbnail;
  const std::string nested = whole.substr(0, 2) + segment + whole.substr(2);
  support::write_file(path("a.jpg"), nested);
  EXPECT_EQ(fault_of("a.jpg").fault, Fault::none);
  support::write_file(path("a.jpg"), nested.substr(0, nested.size() - 30));
  EXPECT_EQ(fault_of("a.jpg").fault, Fault::malformed);
}

TEST_F(Picture, IsWholeWithMoreBehindItsEnd) {
  support::write_picture(path("a.jpg"), support::tiny_picture(40, 40));
  support::write_file(path("a.jpg"), support::read_file(path("a.jpg")) + "trailer");
  EXPECT_EQ(fault_of("a.jpg").fault, Fault::none);
}

std::string png_chunk(const std::string& name_and_data) {
  const auto length = static_cast<std::uint32_t>(name_and_data.size());
  const uLong sum =
      crc32(0, reinterpret_cast<const Bytef*>(name_and_data.data()), static_cast<uInt>(length));
  return support::big_endian(length - 4) + name_and_data +
         support::big_endian(static_cast<std::uint32_t>(sum));
}

TEST_F(Picture, IsTooLargeIfItsHeaderAsksForMoreThanADecoderGives) {
  support::write_file(
      path("a.png"), "\x89PNG\r\n\x1A\n" +
                         png_chunk("IHDR" + support::big_endian(900000) +
                                   support::big_endian(900000) + std::string("\x08\x02\0\0\0", 5)) +
                         png_chunk("IDAT") + png_chunk("IEND"));
  const SampleError error = fault_of("a.png");
  EXPECT_EQ(error.fault, Fault::too_large);
  EXPECT_EQ(error.message(), "picture is too large to decode: " + path("a.png"));
}

}  // namespace
}  // namespace inflow
