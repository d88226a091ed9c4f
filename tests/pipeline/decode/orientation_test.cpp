#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "inflow/pipeline/picture.hpp"
#include "support/any_window.hpp"
#include "support/golden.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

constexpr DecodeOptions kApply{.orientation = TurnedPicture::apply};

std::string path_of(const std::string& name) { return support::golden("decode/" + name).string(); }

SampleError read(const std::string& name, const DecodeOptions& options, Sample& sample) {
  return read_picture(path_of(name), options, {}, sample);
}

Sample read(const std::string& name, const DecodeOptions& options) {
  Sample sample;
  const SampleError error = read(name, options, sample);
  EXPECT_EQ(error.fault, Fault::none) << error.message();
  return sample;
}

nlohmann::json turned_files() { return support::golden_json("decode/digests.json").at("turned"); }

TEST(Orientation, IsAppliedToTheBitsOfPillow) {
  for (const nlohmann::json& file : turned_files()) {
    const std::string name = file.at("name");
    const Sample sample = read(name, kApply);
    const Size expected{.height = file.at("height"), .width = file.at("width")};
    EXPECT_EQ(sample.whole, expected) << name;
    EXPECT_EQ(size_of(sample.image), expected) << name;
    EXPECT_EQ(support::crc32(sample.image), file.at("crc32")) << name;
  }
}

TEST(Orientation, IsIgnoredUnlessAskedFor) {
  for (const nlohmann::json& file : turned_files()) {
    const std::string name = file.at("name");
    const std::string upright = "turned_1" + name.substr(name.find('.'));
    EXPECT_TRUE(support::same_pixels(read(name, {}).image, read(upright, {}).image)) << name;
  }
}

TEST(Orientation, IsAnErrorByName) {
  constexpr DecodeOptions kError{.orientation = TurnedPicture::error};
  for (const nlohmann::json& file : turned_files()) {
    const std::string name = file.at("name");
    const char orientation = name.at(name.find('.') - 1);
    Sample sample;
    const SampleError error = read(name, kError, sample);
    EXPECT_EQ(error.fault, orientation == '1' ? Fault::none : Fault::refused) << name;
    if (orientation != '6') continue;
    EXPECT_EQ(error.message(),
              "picture is not upright (orientation 6; orientation: apply turns it, ignore leaves "
              "it): " +
                  path_of(name));
  }
}

RC_GTEST_PROP(Orientation, GivesAWindowTheBitsOfTheWhole, ()) {
  static const std::vector<Image> kWholes = [] {
    std::vector<Image> all(1);
    for (int i = 1; i <= 8; ++i) {
      all.push_back(read("turned_" + std::to_string(i) + ".jpg", kApply).image);
    }
    return all;
  }();
  const int orientation = *rc::gen::inRange(1, 9);
  const Image& expected = kWholes[static_cast<std::size_t>(orientation)];
  const Box wanted = support::any_window(size_of(expected));
  Sample sample;
  const SampleError error = read_picture(
      path_of("turned_" + std::to_string(orientation) + ".jpg"), kApply,
      [&](Size whole) { return whole == size_of(expected) ? wanted : Box{}; }, sample);
  RC_ASSERT(error.fault == Fault::none);
  support::expect_window(sample, wanted, expected);
}

}  // namespace
}  // namespace inflow
