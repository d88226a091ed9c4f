#include "inflow/ops/image.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace inflow {
namespace {

TEST(Picture, IsTakenUpToTheStatedLimit) {
  for (const Size size : {Size{1, 1}, Size{1, 1 << 20}, Size{1 << 20, 256}, Size{16384, 16384}}) {
    EXPECT_TRUE(is_taken(size));
    EXPECT_EQ(what_is_wrong(size), "");
  }
}

TEST(Picture, IsNotTakenWithoutPixels) {
  for (const Size size : {Size{0, 0}, Size{0, 7}, Size{7, 0}, Size{-3, 7}}) {
    EXPECT_FALSE(is_taken(size));
  }
  EXPECT_EQ(what_is_wrong(Size{7, 0}), "picture has no pixels: 7x0");
}

TEST(Picture, IsNotTakenBeyondTheStatedLimit) {
  constexpr int kMost = std::numeric_limits<int>::max();
  for (const Size size : {Size{1, (1 << 20) + 1}, Size{(1 << 20) + 1, 1}, Size{1 << 20, 257},
                          Size{16385, 16384}, Size{kMost, kMost}}) {
    EXPECT_FALSE(is_taken(size));
  }
  EXPECT_EQ(what_is_wrong(Size{1 << 20, 257}),
            "picture must have at most 1048576 pixels on a side and 268435456 in all: 1048576x257");
}

}  // namespace
}  // namespace inflow
