#include "inflow/inflation/audit/copies.hpp"

#include <gtest/gtest.h>

namespace inflow {
namespace {

TEST(Copies, NameTheFirstRealImageOfEachThatIsThere) {
  const std::vector<HashedImage> real{{{9, 1}, 0}, {{5, 5}, 1}, {{9, 1}, 2}, {{9, 2}, 3}};
  const std::vector<HashedImage> pool{{{9, 2}, 0}, {{7, 7}, 1}, {{9, 1}, 4}, {{9, 1}, 6}};
  const std::vector<Copy> found = copies(pool, real);
  ASSERT_EQ(found.size(), 3U);
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> expected{{0, 3}, {4, 0}, {6, 0}};
  for (std::size_t at = 0; at < found.size(); ++at) {
    EXPECT_EQ(found[at].pool, expected[at].first);
    EXPECT_EQ(found[at].real, expected[at].second);
  }
}

TEST(Copies, AreNoneOfOtherImages) {
  EXPECT_TRUE(copies({}, {}).empty());
  const std::vector<HashedImage> one{{{1, 2}, 0}};
  const std::vector<HashedImage> other{{{1, 3}, 0}};
  EXPECT_TRUE(copies(one, other).empty());
}

}  // namespace
}  // namespace inflow
