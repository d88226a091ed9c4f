#include <filesystem>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/tiny_data.hpp"

// The idx source on the files of Debian's package dataset-fashion-mnist.

namespace inflow {
namespace {

using testing::Each;
using testing::ElementsAre;

const std::string kFolder = "/usr/share/datasets/fashion-mnist/";

class FashionMnist : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  }

  static std::shared_ptr<const Source> source(const std::string& part) {
    return support::make_source({{"type", "idx"},
                                 {"images", kFolder + part + "-images-idx3-ubyte.gz"},
                                 {"labels", kFolder + part + "-labels-idx1-ubyte.gz"}});
  }

  static std::vector<int> label_counts(const Source& source) {
    std::vector<int> counts(source.classes().size(), 0);
    for (std::uint64_t index = 0; index < source.size(); ++index) {
      ++counts.at(static_cast<std::size_t>(source.about(index).label));
    }
    return counts;
  }

  // Of all bytes of the first `count` pictures.
  static std::uint64_t pixel_sum(const Source& source, std::uint64_t count) {
    std::uint64_t sum = 0;
    Sample sample;
    for (std::uint64_t index = 0; index < count; ++index) {
      EXPECT_EQ(source.at(index, sample).fault, Fault::none);
      for (const cv::Vec3b& pixel : sample.image) sum += pixel[0];
    }
    return sum;
  }
};

// Sums and labels as numpy reads them: numpy.frombuffer(gzip.open(...).read(), "u1", offset=16 or
// 8).
TEST_F(FashionMnist, TrainsOnSixtyThousandPicturesOfTenEqualClasses) {
  const auto pictures = source("train");
  ASSERT_EQ(pictures->size(), 60000U);
  const auto counts = label_counts(*pictures);
  EXPECT_EQ(counts.size(), 10U);
  EXPECT_THAT(counts, Each(6000));
  EXPECT_EQ(pictures->about(0).size, (Size{.height = 28, .width = 28}));
  EXPECT_EQ(pixel_sum(*pictures, 60000), 3431114169U);
}

TEST_F(FashionMnist, TestsOnTenThousand) {
  const auto pictures = source("t10k");
  ASSERT_EQ(pictures->size(), 10000U);
  EXPECT_THAT(label_counts(*pictures), Each(1000));
  std::vector<int> first;
  for (std::uint64_t index = 0; index < 10; ++index) first.push_back(pictures->about(index).label);
  EXPECT_THAT(first, ElementsAre(9, 2, 1, 1, 6, 1, 4, 6, 5, 7));
  EXPECT_EQ(pixel_sum(*pictures, 10000), 573469082U);
}

}  // namespace
}  // namespace inflow
