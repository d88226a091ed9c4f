#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/message.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

using nlohmann::json;
using support::cifar_record;

class Cifar : public testing::Test {
 protected:
  std::shared_ptr<const Source> source(std::string_view bytes, const json& more = json::object()) {
    support::write_file(file_, bytes);
    json settings{{"type", "cifar"}, {"files", {file_}}};
    settings.update(more);
    return support::make_source(settings);
  }

  std::string refusal(std::string_view bytes, const json& more = json::object()) {
    return support::message_of<InputError>([&] { source(bytes, more); });
  }

  support::TemporaryDirectory directory_;
  std::string file_ = directory_ / "batch.bin";
};

TEST_F(Cifar, InterleavesThePlanesOfARecord) {
  const auto pictures = source(cifar_record({3}) + cifar_record({9}));
  Sample sample;
  ASSERT_EQ(pictures->at(1, sample).fault, Fault::none);
  ASSERT_EQ(size_of(sample.image), (Size{.height = 32, .width = 32}));
  EXPECT_EQ(sample.image(0, 0), cv::Vec3b(7, 8, 9));
  EXPECT_EQ(sample.image(0, 1), cv::Vec3b(9, 109, 209));
  EXPECT_EQ(sample.image(31, 0), cv::Vec3b(9, 109, 209));
  EXPECT_EQ(sample.image(31, 31), cv::Vec3b(11, 12, 13));
}

TEST_F(Cifar, GoesOnFromFileToFile) {
  support::write_file(directory_ / "second.bin.gz", support::gzipped(cifar_record({8})));
  const auto pictures = source(cifar_record({3}) + cifar_record({9}),
                               {{"files", {file_, directory_ / "second.bin.gz"}}});
  ASSERT_EQ(pictures->size(), 3U);
  EXPECT_EQ(pictures->about(1).label, 9);
  EXPECT_EQ(pictures->about(2).label, 8);
  EXPECT_EQ(pictures->about(2).identity, 2U);
}

TEST_F(Cifar, KnowsTheNamesOfCifar10) {
  const auto pictures = source(cifar_record({9}));
  ASSERT_EQ(pictures->classes().size(), 10U);
  EXPECT_EQ(pictures->classes()[0], "airplane");
  EXPECT_EQ(pictures->classes()[9], "truck");
}

TEST_F(Cifar, TakesTheFineLabelOfCifar100UnlessAskedForTheCoarse) {
  const auto fine = source(cifar_record({19, 99}), {{"variant", "cifar100"}});
  EXPECT_EQ(fine->about(0).label, 99);
  ASSERT_EQ(fine->classes().size(), 100U);
  EXPECT_EQ(fine->classes()[0], "apple");
  EXPECT_EQ(fine->classes()[99], "worm");
  const auto coarse =
      source(cifar_record({19, 99}), {{"variant", "cifar100"}, {"labels", "coarse"}});
  EXPECT_EQ(coarse->about(0).label, 19);
  ASSERT_EQ(coarse->classes().size(), 20U);
  EXPECT_EQ(coarse->classes()[19], "vehicles_2");
  Sample sample;
  ASSERT_EQ(coarse->at(0, sample).fault, Fault::none);
  EXPECT_EQ(sample.image(0, 0), cv::Vec3b(7, 8, 9));
  EXPECT_EQ(sample.image(31, 31), cv::Vec3b(11, 12, 13));
}

TEST_F(Cifar, ListsTheFineNamesInTheOrderOfTheAlphabet) {
  const auto pictures = source(cifar_record({0, 0}), {{"variant", "cifar100"}});
  EXPECT_TRUE(std::ranges::is_sorted(pictures->classes()));
  EXPECT_EQ(std::ranges::adjacent_find(pictures->classes()), pictures->classes().end());
}

TEST_F(Cifar, FillsAReusedSampleWhereItIs) {
  const auto pictures = source(cifar_record({3}) + cifar_record({9}));
  Sample sample;
  ASSERT_EQ(pictures->at(0, sample).fault, Fault::none);
  const std::uint8_t* const pixels = sample.image.data;
  ASSERT_EQ(pictures->at(1, sample).fault, Fault::none);
  EXPECT_EQ(sample.image.data, pixels);
}

TEST_F(Cifar, RefusesToBeWithoutAFile) {
  EXPECT_EQ(support::message_of<UsageError>([] {
              support::make_source({{"type", "cifar"}});
            }),
            "cifar source needs at least one file: files");
}

TEST_F(Cifar, RefusesCoarseLabelsOfCifar10) {
  EXPECT_EQ(support::message_of<UsageError>([&] {
              source(cifar_record({3}), {{"labels", "coarse"}});
            }),
            "cifar10 has no coarse labels: labels");
}

TEST_F(Cifar, RefusesAMissingFile) {
  const std::string path = directory_ / "nowhere.bin";
  EXPECT_EQ(support::message_of<InputError>([&] {
              support::make_source({{"type", "cifar"}, {"files", {path}}});
            }),
            "cannot read file: No such file or directory: " + path);
}

TEST_F(Cifar, RefusesAnEmptyFile) { EXPECT_EQ(refusal(""), "cifar file is empty: " + file_); }

TEST_F(Cifar, RefusesATruncatedFile) {
  EXPECT_EQ(refusal(cifar_record({3}).substr(0, 3072)),
            "cifar file is truncated: expected a multiple of 3073 bytes, found 3072: " + file_);
  EXPECT_EQ(refusal(cifar_record({3}), {{"variant", "cifar100"}}),
            "cifar file is truncated: expected a multiple of 3074 bytes, found 3073: " + file_);
}

TEST_F(Cifar, RefusesALabelOutOfRange) {
  EXPECT_EQ(
      refusal(cifar_record({3}) + cifar_record({10})),
      "cifar file has a label out of range: expected below 10, found 10 in record 1: " + file_);
  EXPECT_EQ(
      refusal(cifar_record({3, 100}), {{"variant", "cifar100"}}),
      "cifar file has a label out of range: expected below 100, found 100 in record 0: " + file_);
}

}  // namespace
}  // namespace inflow
