#include "inflow/pipeline/permutation.hpp"

#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "support/statistics.hpp"

namespace inflow {
namespace {

using support::chi_square;
using support::chi_square_limit;

std::vector<std::uint64_t> images(const Permutation& permutation, std::uint64_t count) {
  std::vector<std::uint64_t> all(count);
  for (std::uint64_t position = 0; position < count; ++position) {
    all[position] = permutation(position);
  }
  return all;
}

TEST(Permutation, IsABijection) {
  for (const std::uint64_t count :
       {1U, 2U, 3U, 4U, 5U, 7U, 15U, 16U, 17U, 63U, 64U, 65U, 257U, 1000U, 60000U}) {
    std::vector<int> hits(count, 0);
    for (const std::uint64_t image : images(Permutation(count, 7, 3), count)) {
      ASSERT_LT(image, count);
      ++hits[image];
    }
    EXPECT_EQ(hits, std::vector<int>(count, 1)) << count;
  }
}

TEST(Permutation, StaysInRangeWhereTheCountIsLarge) {
  for (const std::uint64_t count :
       {std::uint64_t{1} << 48, (std::uint64_t{1} << 32) + 1, std::uint64_t{1} << 63}) {
    const Permutation permutation(count, 1, 0);
    for (const std::uint64_t position : {std::uint64_t{0}, count / 2, count - 1}) {
      EXPECT_LT(permutation(position), count);
    }
  }
}

TEST(Permutation, IsAFunctionOfItsArguments) {
  EXPECT_EQ(images(Permutation(500, 7, 3), 500), images(Permutation(500, 7, 3), 500));
}

TEST(Permutation, GivesManyImagesAsOneByOne) {
  for (const std::uint64_t count : {1U, 2U, 9U, 17U, 500U}) {
    const Permutation permutation(count, 7, 3);
    const auto all = images(permutation, count);
    for (const std::uint64_t first : {std::uint64_t{0}, count / 3, count - 1}) {
      std::vector<std::uint64_t> many(count - first);
      permutation(first, many);
      EXPECT_EQ(many, std::vector(all.begin() + static_cast<std::ptrdiff_t>(first), all.end()))
          << count;
    }
    permutation(0, {});
  }
}

TEST(Permutation, DiffersBySeedEpochAndStream) {
  const auto reference = images(Permutation(500, 7, 3), 500);
  EXPECT_NE(images(Permutation(500, 8, 3), 500), reference);
  EXPECT_NE(images(Permutation(500, 7, 4), 500), reference);
  EXPECT_NE(images(Permutation(500, 7, 3, Stream::split), 500), reference);
}

TEST(Permutation, SendsAPositionEverywhereEquallyOftenOverEpochs) {
  constexpr std::uint64_t kCount = 50;
  for (const std::uint64_t position : {0U, 1U, 24U, 49U}) {
    std::vector<int> observed(kCount, 0);
    for (std::uint32_t epoch = 0; epoch < 5000; ++epoch) {
      ++observed[Permutation(kCount, 11, epoch)(position)];
    }
    EXPECT_LT(chi_square(observed), chi_square_limit(kCount - 1)) << position;
  }
}

TEST(Permutation, BringsEveryOrderOfFewSamplesEquallyOften) {
  std::vector<int> observed(64, 0);
  for (std::uint32_t epoch = 0; epoch < 6000; ++epoch) {
    const Permutation permutation(4, 5, epoch);
    ++observed[permutation(0) * 16 + permutation(1) * 4 + permutation(2)];
  }
  std::erase(observed, 0);
  ASSERT_EQ(observed.size(), 24U);
  EXPECT_LT(chi_square(observed), chi_square_limit(23));
}

TEST(Permutation, LeavesAsManySamplesInPlaceAsChanceDoes) {
  // Fixed points of a random permutation: one on average, variance one.
  int fixed = 0;
  for (std::uint32_t epoch = 0; epoch < 400; ++epoch) {
    const auto all = images(Permutation(100, 3, epoch), 100);
    for (std::uint64_t position = 0; position < 100; ++position) fixed += all[position] == position;
  }
  EXPECT_NEAR(fixed, 400, 4 * std::sqrt(400.0));
}

TEST(Permutation, KeepsNeighborsNoCloserThanChanceDoes) {
  // The distance of two images has mean n / 3 and standard deviation n / sqrt(18).
  constexpr std::uint64_t kCount = 60000;
  const auto all = images(Permutation(kCount, 1, 0), kCount);
  double sum = 0;
  double ascents = 0;
  for (std::uint64_t position = 1; position < kCount; ++position) {
    sum += std::abs(static_cast<double>(all[position]) - static_cast<double>(all[position - 1]));
    ascents += all[position] > all[position - 1];
  }
  const double n = kCount;
  EXPECT_NEAR(sum / n, n / 3, 4 * n / std::sqrt(18 * n));
  EXPECT_NEAR(ascents, n / 2, 4 * std::sqrt(n / 12));
}

TEST(Permutation, SpreadsEveryWindowOverTheWholeRange) {
  constexpr std::uint64_t kCount = 60000;
  const Permutation permutation(kCount, 1, 0);
  for (const std::uint64_t start : {0U, 30000U, 58000U}) {
    std::vector<int> observed(20, 0);
    for (std::uint64_t position = start; position < start + 2000; ++position) {
      ++observed[permutation(position) * 20 / kCount];
    }
    EXPECT_LT(chi_square(observed), chi_square_limit(19)) << start;
  }
}

}  // namespace
}  // namespace inflow
