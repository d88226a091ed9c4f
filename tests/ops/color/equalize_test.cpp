#include <algorithm>
#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/any_picture.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

// 256 pixels of each of two values: the step is 256 / 255 = 1, so that the upper value's entry is
// 256.
TEST(Equalize, ClampsWhatRunsPastTheRange) {
  Image in(16, 32, cv::Vec3b::all(10));
  in.rowRange(8, 16).setTo(cv::Vec3b::all(20));
  const Image out = applied("equalize", in);
  EXPECT_EQ(out(0, 0)[0], 0);
  EXPECT_EQ(out(15, 31)[0], 255);
}

// Entries that went around past 255 would fall.
RC_GTEST_PROP(Equalize, NeverMakesTheBrighterOfTwoValuesTheDarker, ()) {
  const Image in = support::any_picture();
  const std::vector<int> before = support::reds(in);
  const std::vector<int> after = support::reds(applied("equalize", in));
  std::array<int, 256> entries{};
  entries.fill(-1);
  for (std::size_t i = 0; i < before.size(); ++i) {
    int& entry = entries[static_cast<std::size_t>(before[i])];
    RC_ASSERT(entry == -1 || entry == after[i]);
    entry = after[i];
  }
  int highest = 0;
  for (const int entry : entries) {
    RC_ASSERT(entry == -1 || entry >= highest);
    highest = std::max(highest, entry);
  }
}

TEST(Equalize, LeavesFlatAndTinyPicturesAlone) {
  const Image flat(32, 32, cv::Vec3b::all(77));
  EXPECT_TRUE(support::same_pixels(applied("equalize", flat), flat));
  EXPECT_THAT(support::reds(applied("equalize", gray({{3, 1, 2}}))), ElementsAre(3, 1, 2));
}

}  // namespace
}  // namespace inflow
