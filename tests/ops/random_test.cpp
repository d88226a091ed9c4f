#include "inflow/ops/random.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <random>
#include <set>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "support/statistics.hpp"

namespace inflow {
namespace {

constexpr int kDraws = 100000;

std::vector<double> uniforms(const ViewKey& key, Stream stream, int count = kDraws) {
  Rng rng(key, stream);
  std::vector<double> all(static_cast<std::size_t>(count));
  std::ranges::generate(all, [&] { return static_cast<double>(rng.uniform()); });
  return all;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// The mean of the products of two series, each less `center`.
double covariance(std::span<const double> one, std::span<const double> other, double center) {
  double sum = 0;
  for (std::size_t i = 0; i < one.size(); ++i) sum += (one[i] - center) * (other[i] - center);
  return sum / static_cast<double>(one.size());
}

// Four standard errors of the covariance of independent uniform series of kDraws numbers.
const double kCovarianceError = 4.0 / 12.0 / std::sqrt(kDraws);

// Random123's known answers, at run time too.
TEST(Philox, GivesTheKnownAnswers) {
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Rng, IsAUniformRandomBitGenerator) {
  static_assert(std::uniform_random_bit_generator<Rng>);
  EXPECT_EQ(Rng::min(), 0U);
  EXPECT_EQ(Rng::max(), 0xFFFFFFFFU);
}

// index 48 bits | view 16 | epoch 32 | stream 8 | position 8 | block 16
TEST(Rng, HasItsAddressWhereTheContractSays) {
  const ViewKey key{
      .seed = 0x1122334455667788, .index = 0xAABBCCDDEEFF, .epoch = 0x12345678, .view = 0x9ABC};
  Rng rng(key, Stream::plan, 7);
  for (std::uint32_t block = 0; block < 3; ++block) {
    const PhiloxWords expected =
        philox({0xCCDDEEFF, 0x9ABCAABB, 0x12345678, 4U | (7U << 8) | (block << 16)},
               {0x55667788, 0x11223344});
    for (const std::uint32_t word : expected) EXPECT_EQ(rng(), word);
  }
}

TEST(Rng, GivesOtherNumbersAtAnyOtherAddress) {
  std::set<std::uint32_t> first;
  const ViewKey key{.seed = 1, .index = 2, .epoch = 3, .view = 4};
  const auto add = [&](ViewKey other, Stream stream = Stream::crop, std::uint8_t position = 0) {
    first.insert(Rng(other, stream, position)());
  };
  add(key);
  add({.seed = 2, .index = 2, .epoch = 3, .view = 4});
  add({.seed = 1 + (1ULL << 32), .index = 2, .epoch = 3, .view = 4});
  add({.seed = 1, .index = 3, .epoch = 3, .view = 4});
  add({.seed = 1, .index = 2 + (1ULL << 47), .epoch = 3, .view = 4});
  add({.seed = 1, .index = 2, .epoch = 4, .view = 4});
  add({.seed = 1, .index = 2, .epoch = 3, .view = 5});
  add(key, Stream::flip);
  add(key, Stream::crop, 1);
  EXPECT_EQ(first.size(), 9U);
}

TEST(Rng, GivesTheSameNumbersWhereverTheyAreDrawn) {
  const ViewKey key{.seed = 5, .index = 6};
  Rng crop(key, Stream::crop);
  for (int i = 0; i < 100; ++i) crop();
  EXPECT_EQ(Rng(key, Stream::flip)(), Rng({.seed = 5, .index = 6}, Stream::flip)());
}

TEST(Rng, IsUniformInMeanVarianceAndNeighborDifferences) {
  const std::vector<double> all = uniforms({.seed = 11}, Stream::crop);
  EXPECT_NEAR(mean(all), 0.5, 4 / std::sqrt(12.0 * kDraws));
  EXPECT_NEAR(covariance(all, all, 0.5), 1.0 / 12, 4 / std::sqrt(180.0 * kDraws));
  double differences = 0;
  for (std::size_t i = 1; i < all.size(); ++i) differences += std::abs(all[i] - all[i - 1]);
  EXPECT_NEAR(differences / (kDraws - 1), 1.0 / 3, 0.005);
  EXPECT_TRUE(std::ranges::all_of(all, [](double value) { return value >= 0 && value < 1; }));
}

TEST(Rng, FillsTheUnitIntervalEvenly) {
  std::vector<int> bins(64);
  for (const double value : uniforms({.seed = 12}, Stream::crop)) {
    ++bins[static_cast<std::size_t>(value * 64)];
  }
  EXPECT_LT(support::chi_square(bins), support::chi_square_limit(63));
}

// The first number of each of consecutive samples, views and epochs: what a loader draws.
TEST(Rng, IsUniformAcrossNeighboringKeys) {
  std::vector<int> bins(64);
  for (std::uint64_t index = 0; index < 2000; ++index) {
    for (std::uint32_t epoch = 0; epoch < 5; ++epoch) {
      for (std::uint16_t view = 0; view < 2; ++view) {
        Rng rng({.seed = 3, .index = index, .epoch = epoch, .view = view}, Stream::crop);
        ++bins[static_cast<std::size_t>(rng.uniform() * 64)];
      }
    }
  }
  EXPECT_LT(support::chi_square(bins), support::chi_square_limit(63));
}

TEST(Rng, HasIndependentStreamsViewsAndSamples) {
  const ViewKey key{.seed = 21, .index = 9};
  const std::vector<double> crop = uniforms(key, Stream::crop);
  const std::vector<std::vector<double>> others{
      uniforms(key, Stream::flip), uniforms({.seed = 21, .index = 10}, Stream::crop),
      uniforms({.seed = 21, .index = 9, .view = 1}, Stream::crop),
      uniforms({.seed = 22, .index = 9}, Stream::crop)};
  for (const auto& other : others) EXPECT_NEAR(covariance(crop, other, 0.5), 0, kCovarianceError);
  const auto ahead = std::span(crop).subspan(1);
  EXPECT_NEAR(covariance(ahead, std::span(crop).first(ahead.size()), 0.5), 0, kCovarianceError);
}

TEST(Rng, DrawsBelowAnyCountWithoutBias) {
  for (const std::uint32_t count : {1U, 2U, 3U, 6U, 24U, 1000U}) {
    Rng rng({.seed = 31, .index = count}, Stream::plan);
    std::vector<int> seen(count);
    for (int i = 0; i < kDraws; ++i) ++seen[rng.below(count)];
    if (count == 1) continue;
    EXPECT_LT(support::chi_square(seen), support::chi_square_limit(static_cast<int>(count) - 1))
        << count;
  }
}

// A third of all words would be biased here if none were drawn again.
TEST(Rng, DrawsBelowACountThatHardlyDividesTheWords) {
  constexpr std::uint32_t kCount = 3U << 30;
  Rng rng({.seed = 32}, Stream::plan);
  std::vector<int> thirds(3);
  for (int i = 0; i < kDraws; ++i) ++thirds[rng.below(kCount) >> 30];
  EXPECT_LT(support::chi_square(thirds), support::chi_square_limit(2));
}

TEST(Rng, TakesAChanceNeverAtZeroAndAlwaysAtOne) {
  Rng rng({.seed = 41}, Stream::grayscale);
  int taken = 0;
  for (int i = 0; i < kDraws; ++i) {
    ASSERT_FALSE(rng.chance(0));
    ASSERT_TRUE(rng.chance(1));
    taken += rng.chance(0.2) ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(taken) / kDraws, 0.2, support::share_error(0.2, kDraws));
}

TEST(Rng, DrawsBetweenTwoNumbers) {
  Rng rng({.seed = 51}, Stream::jitter);
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = rng.uniform(-3, 5);
    ASSERT_GE(value, -3);
    ASSERT_LE(value, 5);
    sum += value;
  }
  EXPECT_NEAR(sum / kDraws, 1, 4 * 8 / std::sqrt(12.0 * kDraws));
}

TEST(Rng, DrawsNormalsOfTheRightMoments) {
  Rng rng({.seed = 61}, Stream::weights);
  double sum = 0;
  double squares = 0;
  double fourths = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = rng.normal();
    sum += value;
    squares += value * value;
    fourths += value * value * value * value;
  }
  EXPECT_NEAR(sum / kDraws, 0, 4 / std::sqrt(kDraws));
  EXPECT_NEAR(squares / kDraws, 1, 4 * std::sqrt(2.0 / kDraws));
  EXPECT_NEAR(fourths / kDraws, 3, 4 * std::sqrt(96.0 / kDraws));
}

// Puts kDraws of a distribution, each from an address of its own, into 64 bins that it fills evenly
// by its distribution function, which is known in closed form.
void expect_even(auto draw, auto distribution) {
  std::vector<int> bins(64);
  for (int i = 0; i < kDraws; ++i) {
    Rng rng({.seed = 71, .index = static_cast<std::uint64_t>(i)}, Stream::plan);
    const double share = distribution(draw(rng));
    ASSERT_GE(share, 0);
    ASSERT_LE(share, 1);
    ++bins[std::min<std::size_t>(static_cast<std::size_t>(share * 64), 63)];
  }
  EXPECT_LT(support::chi_square(bins), support::chi_square_limit(63));
}

TEST(Rng, DrawsGammasOfWholeAndHalfShapes) {
  const auto gamma = [](double shape) {
    return [shape](Rng& rng) { return std::exp(rng.log_gamma(shape)); };
  };
  expect_even(gamma(0.5), [](double value) { return std::erf(std::sqrt(value)); });
  expect_even(gamma(1), [](double value) { return 1 - std::exp(-value); });
  expect_even(gamma(3),
              [](double value) { return 1 - std::exp(-value) * (1 + value + value * value / 2); });
}

TEST(Rng, DrawsBetasOfShapesWithAClosedForm) {
  const auto beta = [](double a, double b) { return [a, b](Rng& rng) { return rng.beta(a, b); }; };
  expect_even(beta(1, 1), [](double value) { return value; });
  expect_even(beta(0.5, 0.5),
              [](double value) { return 2 / std::numbers::pi * std::asin(std::sqrt(value)); });
  expect_even(beta(2, 2), [](double value) { return value * value * (3 - 2 * value); });
  expect_even(beta(3, 1), [](double value) { return value * value * value; });
  expect_even(beta(0.2, 1), [](double value) { return std::pow(value, 0.2); });
}

TEST(Rng, DrawsBetasOfSmallShapesAtTheEnds) {
  int low = 0;
  int between = 0;
  for (int i = 0; i < kDraws; ++i) {
    Rng rng({.seed = 73, .index = static_cast<std::uint64_t>(i)}, Stream::plan);
    const double value = rng.beta(1e-3, 1e-3);
    ASSERT_TRUE(value >= 0 && value <= 1) << value;
    low += value < 0.5 ? 1 : 0;
    between += value > 0.01 && value < 0.99 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(low) / kDraws, 0.5, support::share_error(0.5, kDraws));
  EXPECT_LT(between, kDraws / 100);
}

}  // namespace
}  // namespace inflow
