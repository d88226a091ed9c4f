#include <map>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "inflow/pipeline/picture.hpp"
#include "support/any_window.hpp"
#include "support/golden.hpp"
#include "support/jpeg_forms.hpp"
#include "support/mutations.hpp"
#include "support/pictures.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

using support::jpeg_form;

const std::vector<std::string> kForms{"halved",   "halved_across", "full", "progressive",
                                      "restarts", "grey",          "print"};

Image whole(const std::string& form) {
  Image image;
  const SampleError error = read_picture(jpeg_form(form), image);
  EXPECT_EQ(error.fault, Fault::none) << error.message();
  return image;
}

TEST(JpegFile, IsDecodedToTheBitsOfPillow) {
  const nlohmann::json digests = support::golden_json("jpegs/digests.json");
  for (const nlohmann::json& form : digests.at("cases")) {
    const std::string name = form.at("name");
    EXPECT_EQ(support::crc32(whole(name)), form.at("crc32")) << name;
  }
}

RC_GTEST_PROP(JpegFile, GivesAWindowTheBitsOfTheWhole, ()) {
  static const std::map<std::string, Image> kWholes = [] {
    std::map<std::string, Image> all;
    for (const std::string& form : kForms) all[form] = whole(form);
    return all;
  }();
  const std::string form = *rc::gen::elementOf(kForms);
  const Image& expected = kWholes.at(form);
  const Box wanted = support::any_window(size_of(expected));
  Sample sample;
  const SampleError error = read_picture(
      jpeg_form(form), {}, [&](Size) { return wanted; }, sample);
  RC_ASSERT(error.fault == Fault::none);
  RC_ASSERT(sample.whole == size_of(expected));
  support::expect_window(sample, wanted, expected);
}

TEST(JpegFile, LeavesOutWhatIsNotWanted) {
  Sample sample;
  const auto middle = [](Size size) {
    return Box{.top = size.height / 2, .left = size.width / 2, .height = 8, .width = 8};
  };
  ASSERT_EQ(read_picture(jpeg_form("full"), {}, middle, sample).fault, Fault::none);
  EXPECT_LE(sample.image.rows, 8);
  EXPECT_LE(sample.image.cols, 8 + 2 * 8);
}

TEST(JpegFile, IsTooLargeIfItsHeaderAsksForMoreThanADecoderGives) {
  std::string file = support::read_file(jpeg_form("full"));
  const std::size_t frame = file.find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  file.replace(frame + 5, 4, "\xFF\xDC\xFF\xDC");  // height and width
  const support::TemporaryDirectory directory;
  const std::string path = directory / "a.jpg";
  support::write_file(path, file);
  Image image;
  EXPECT_EQ(read_picture(path, image).message(), "picture is too large to decode: " + path);
}

// Whatever the bytes, there is a picture or a fault.
TEST(JpegFile, SurvivesChangedBytes) {
  std::map<Decoding, int> whole_ones;
  for (std::uint64_t number = 0; number < 600; ++number) {
    const std::string file =
        support::mutated(support::read_file(jpeg_form(kForms[number % kForms.size()])), number);
    Rng rng({.index = number}, Stream::crop);
    const auto below = [&](int end) {
      return static_cast<int>(rng.below(static_cast<std::uint32_t>(end)));
    };
    const auto wanted = [&](Size size) {
      const int top = below(size.height);
      const int left = below(size.width);
      return Wanted(
          {.top = top, .left = left, .height = size.height - top, .width = size.width - left},
          /*shrinking=*/1, /*as_ycc=*/true);
    };
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(file.data()), file.size());
    for (const Decoding decoding : {Decoding::exact, Decoding::scaled}) {
      Sample sample;
      if (decode_picture(bytes, "a.jpg", {.decode = decoding}, wanted, sample).fault != Fault::none)
        continue;
      ++whole_ones[decoding];
      EXPECT_TRUE(is_taken(sample.size()));
      EXPECT_TRUE(decoding == Decoding::scaled || !sample.is_ycc);
    }
  }
  EXPECT_GT(whole_ones[Decoding::exact], 0);
  EXPECT_GT(whole_ones[Decoding::scaled], 0);
}

}  // namespace
}  // namespace inflow
