#include "inflow/pipeline/picture.hpp"

#include <filesystem>
#include <map>
#include <span>

#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>
#include <zlib.h>

#include "support/golden.hpp"
#include "support/mutations.hpp"
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

nlohmann::json kinds() { return support::golden_json("decode/digests.json").at("kinds"); }

TEST_F(Picture, OfEveryKindIsWhatTheReferenceSays) {
  for (const nlohmann::json& kind : kinds()) {
    const std::string name = kind.at("name");
    Image image;
    const SampleError error = read_picture(support::golden("decode/" + name).string(), image);
    ASSERT_EQ(error.fault, Fault::none) << error.message();
    EXPECT_EQ(image.rows, kind.at("height")) << name;
    EXPECT_EQ(image.cols, kind.at("width")) << name;
    EXPECT_EQ(support::crc32(image), kind.at("crc32")) << name;
  }
}

TEST_F(Picture, OfAKindThatIsNotTakenIsRefusedByName) {
  const std::map<std::string, std::string> kReasons{
      {"animated.webp", "animated WebP files are not taken"},
      {"floats.tif", "TIFF file is not taken: Sorry, can not handle images with 32-bit samples"},
      {"multiplied.tif", "TIFF file is not taken: its colors are multiplied by their alpha"},
      {"signed.tif", "TIFF file is not taken: its samples are not unsigned integers"}};
  for (const auto& [name, reason] : kReasons) {
    const std::string file = support::golden("decode/" + name).string();
    Image image;
    const SampleError error = read_picture(file, image);
    EXPECT_EQ(error.fault, Fault::refused);
    EXPECT_EQ(error.message(), reason + ": " + file);
  }
}

TEST_F(Picture, IsRefusedByNameIfAJpegFileHas12Bits) {
  std::string file = support::read_file(support::golden("jpegs/full.jpg"));
  file.at(file.find("\xFF\xC0") + 4) = 12;
  support::write_file(path("a.jpg"), file);
  const SampleError error = fault_of("a.jpg");
  EXPECT_EQ(error.fault, Fault::refused);
  EXPECT_EQ(error.message(),
            "JPEG file is not taken: Unsupported JPEG data precision 12: " + path("a.jpg"));
}

// Whatever the bytes, there is a picture or a fault.
TEST_F(Picture, SurvivesChangedBytes) {
  int whole_ones = 0;
  for (const nlohmann::json& kind : kinds()) {
    const std::string name = kind.at("name");
    const std::string file = support::read_file(support::golden("decode/" + name));
    for (std::uint64_t number = 0; number < 40; ++number) {
      const std::string changed = support::mutated(file, number);
      const std::span bytes(reinterpret_cast<const std::uint8_t*>(changed.data()), changed.size());
      Sample sample;
      const DecodeOptions options{.orientation = TurnedPicture::apply};
      if (decode_picture(bytes, name, options, {}, sample).fault != Fault::none) continue;
      ++whole_ones;
      EXPECT_FALSE(sample.image.empty());
    }
  }
  EXPECT_GT(whole_ones, 0);
}

TEST_F(Picture, IsOfTheFormatItBeginsLike) {
  const std::map<std::string, std::string_view> formats{{"a.bmp", "bmp"},   {"a.jpeg", "jpeg"},
                                                        {"a.png", "png"},   {"a.tiff", "tiff"},
                                                        {"a.webp", "webp"}, {"a.ppm", ""}};
  for (const auto& [name, format] : formats) {
    support::write_picture(path(name), support::tiny_picture(5, 7));
    std::vector<std::uint8_t> file;
    ASSERT_EQ(read_picture_file(path(name), file).fault, Fault::none);
    EXPECT_EQ(picture_format(file), format);
    for (const std::size_t length : {0, 1, 2, 3})
      EXPECT_TRUE(picture_format(std::span(file).first(length)).empty() || format == "bmp" ||
                  format == "jpeg");
  }
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

TEST_F(Picture, IsMalformedIfItIsNoneAlsoWhereOneWasReadBefore) {
  support::write_picture(path("a.png"), support::tiny_picture(5, 7));
  support::write_file(path("b.png"), "not a picture");
  Sample reused;
  ASSERT_EQ(read_picture(path("a.png"), {}, {}, reused).fault, Fault::none);
  EXPECT_EQ(read_picture(path("b.png"), {}, {}, reused).fault, Fault::malformed);
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

TEST_F(Picture, IsMalformedIfABmpFileHasAHeaderThatCannotBe) {
  support::write_picture(path("a.bmp"), support::tiny_picture(40, 40));
  const std::string whole = support::read_file(path("a.bmp"));
  constexpr std::size_t kLength = 14;
  constexpr std::size_t kBitsOfAPixel = 28;
  for (const auto& [place, value] :
       {std::pair{kLength, '\x14'}, {kLength, '\0'}, {kBitsOfAPixel, '\3'}}) {
    std::string changed = whole;
    changed.at(place) = value;
    support::write_file(path("a.bmp"), changed);
    EXPECT_EQ(fault_of("a.bmp").fault, Fault::malformed) << place;
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

TEST_F(Picture, IsNotDecodedWhereItHasNoRoom) {
  constexpr std::uint64_t kPixels = std::uint64_t{40} * 30;
  const Image picture = support::tiny_picture(40, 30);
  // A pixel's own three bytes, and what its format takes beside them.
  const std::map<std::string, std::uint64_t> bytes{{"a.jpg", 3},  {"progressive.jpg", 9},
                                                   {"a.png", 3},  {"a.webp", 7},
                                                   {"a.tiff", 7}, {"a.bmp", 6}};
  for (const auto& [name, each] : bytes) {
    if (name == "progressive.jpg") {
      cv::imwrite(path(name), picture, {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
    } else {
      support::write_picture(path(name), picture);
    }
    Sample sample;
    const std::uint64_t file = std::filesystem::file_size(path(name));
    sample.room = file + each * kPixels - 1;
    EXPECT_EQ(read_picture(path(name), {}, {}, sample).fault, Fault::no_room) << name;
    EXPECT_TRUE(sample.image.empty()) << name;
    sample.room = file + each * kPixels;
    EXPECT_EQ(read_picture(path(name), {}, {}, sample).fault, Fault::none) << name;
    EXPECT_EQ(sample.room, file + each * kPixels) << name;
    sample.room = file - 1;
    EXPECT_EQ(read_picture(path(name), {}, {}, sample).message(),
              "takes " + std::to_string(file) + " bytes, where " + std::to_string(file - 1) +
                  " are left: " + path(name))
        << name;
  }
}

}  // namespace
}  // namespace inflow
