#include "inflow/pipeline/checksum.hpp"

#include <array>

#include <gtest/gtest.h>

namespace inflow {
namespace {

// From xxHash's own sanity checks: XXH3_128bits of nothing, seed 0.
TEST(Checksum, IsXxh3) { EXPECT_EQ(checksum_of("").digits(), "99aa06d3014798d86001c324468d497f"); }

TEST(Checksum, OfPiecesIsThatOfTheWhole) {
  const std::array<std::string_view, 3> pieces{"one ", "", "two"};
  EXPECT_EQ(checksum_of(pieces).bytes(), checksum_of("one two").bytes());
}

TEST(Checksum, MayGoOnAfterItWasAskedFor) {
  Checksum sum;
  sum.add("one ");
  EXPECT_EQ(sum.digits(), checksum_of("one ").digits());
  sum.add("two");
  EXPECT_EQ(sum.digits(), checksum_of("one two").digits());
}

}  // namespace
}  // namespace inflow
