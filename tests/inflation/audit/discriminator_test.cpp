#include "inflow/inflation/audit/discriminator.hpp"

#include <cmath>
#include <numbers>

#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include "contrastive/random_tensors.hpp"
#include "inflow/ops/error.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using support::normals;

constexpr std::int64_t kCount = 4000;

at::Tensor gaussian(std::uint64_t seed, double mean) {
  at::Tensor rows = normals(seed, {kCount, 3});
  rows.select(1, 1).add_(mean);
  return rows.to(at::kFloat);
}

Discrimination between(const at::Tensor& generated, const at::Tensor& real) {
  return discriminate(generated, real, {.penalties = {1e-3}}, 7);
}

double normal_cdf(double value) { return std::erfc(-value / std::numbers::sqrt2) / 2; }

// Of unit Gaussians d apart no classifier is righter than Phi(d / 2), a linear one is as right, and
// their total variation is 2 Phi(d / 2) - 1.
TEST(Discriminator, ReachesTheTotalVariationOfTwoGaussians) {
  for (const double apart : {0.5, 1.0, 2.0, 4.0}) {
    const Discrimination found = between(gaussian(1, apart), gaussian(2, 0));
    const double best = normal_cdf(apart / 2);
    EXPECT_EQ(found.held_out, kCount / 2);
    EXPECT_NEAR(found.accuracy, best, 3 * found.standard_error) << apart;
    EXPECT_NEAR(found.standard_error, std::sqrt(best * (1 - best) / kCount), 1e-3) << apart;
    EXPECT_DOUBLE_EQ(found.bound, 2 * found.accuracy - 1);
    EXPECT_LT(found.bound, 2 * best - 1 + 6 * found.standard_error);
  }
}

TEST(Discriminator, GuessesBetweenSamplesOfOneDistribution) {
  const Discrimination found = between(gaussian(1, 0), gaussian(2, 0));
  EXPECT_NEAR(found.accuracy, 0.5, 3 * found.standard_error);
  EXPECT_LT(found.bound, 0.05);
}

TEST(Discriminator, NeverBoundsBelowZero) {
  // Held-out samples of so few may all be wrong.
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Discrimination found =
        discriminate(normals(seed, {4, 2}), normals(seed + 100, {4, 2}), {.penalties = {1e-3}}, 1);
    EXPECT_GE(found.bound, 0) << seed;
  }
}

TEST(Discriminator, LooksAtEquallyManyOfBothKinds) {
  const Discrimination found = between(gaussian(1, 2).narrow(0, 0, 500), gaussian(2, 0));
  EXPECT_EQ(found.held_out, 250);
  EXPECT_NEAR(found.accuracy, normal_cdf(1), 4 * found.standard_error);
}

TEST(Discriminator, NeedsFourOfAKind) {
  EXPECT_EQ(support::message_of<UsageError>([] {
              discriminate(normals(1, {3, 2}), normals(2, {9, 2}), {}, 1);
            }),
            "a discriminator needs 4 samples of each kind: 3");
}

}  // namespace
}  // namespace inflow
