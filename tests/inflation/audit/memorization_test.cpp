#include "inflow/inflation/audit/memorization.hpp"

#include <algorithm>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contrastive/random_tensors.hpp"
#include "inflation/audit/audit_golden.hpp"
#include "inflow/ops/error.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using support::golden_rows;
using support::normals;
using support::rows;

TEST(Memorization, IsWhatTheReferenceFinds) {
  const auto& golden = support::audit_golden()["memorization"];
  const Memorization found =
      memorization(golden_rows("generated"), golden_rows("real"),
                   {.quantile = support::audit_golden()["quantile"].get<double>(), .pairs = 50});
  EXPECT_NEAR(found.threshold, golden["threshold"].get<double>(), 1e-9);
  EXPECT_DOUBLE_EQ(found.share, golden["share"].get<double>());
  EXPECT_DOUBLE_EQ(found.baseline, golden["baseline"].get<double>());
  ASSERT_EQ(found.closest.size(), 50U);
  EXPECT_TRUE(std::ranges::is_sorted(found.closest, {}, &NearPair::distance));
  for (const NearPair& pair : found.closest) {
    const auto& expected = golden["nearest"][static_cast<std::size_t>(pair.generated)];
    EXPECT_NEAR(pair.distance, expected[0].get<double>(), 1e-9) << pair.generated;
    EXPECT_EQ(pair.real, expected[1].get<std::int64_t>()) << pair.generated;
  }
}

TEST(Memorization, OfPointsOnALine) {
  // Nearest other real ones are 1, 1, 2 and 5 away.
  const at::Tensor real = rows({{0}, {1}, {3}, {8}});
  const at::Tensor generated = rows({{0.25}, {2}, {5.5}, {20}});
  const Memorization found = memorization(generated, real, {.quantile = 0.25, .pairs = 2});
  EXPECT_DOUBLE_EQ(found.threshold, 1);
  EXPECT_DOUBLE_EQ(found.baseline, 0.5);
  EXPECT_DOUBLE_EQ(found.share, 0.5);
  ASSERT_EQ(found.closest.size(), 2U);
  EXPECT_EQ(found.closest[0].generated, 0);
  EXPECT_EQ(found.closest[0].real, 0);
  EXPECT_DOUBLE_EQ(found.closest[0].distance, 0.25);
  EXPECT_EQ(found.closest[1].generated, 1);
  EXPECT_EQ(found.generated_distances.size(), 101U);
  EXPECT_DOUBLE_EQ(found.generated_distances.front(), 0.25);
  EXPECT_DOUBLE_EQ(found.generated_distances[50], 1);
  EXPECT_DOUBLE_EQ(found.generated_distances.back(), 12);
  EXPECT_DOUBLE_EQ(found.real_distances.back(), 5);
}

TEST(Memorization, OfCopiesIsTheirShare) {
  const at::Tensor real = normals(1, {1000, 8});
  const at::Tensor copies = real.narrow(0, 0, 120) + 1e-3 * normals(2, {120, 8});
  const at::Tensor pool = at::cat({copies, normals(3, {280, 8})});
  const Memorization found = memorization(pool, real);
  EXPECT_GE(found.share, 0.3);
  EXPECT_LE(found.share, 0.33);
  EXPECT_NEAR(found.baseline, 0.01, 0.002);
  for (const NearPair& pair : found.closest) EXPECT_EQ(pair.real, pair.generated);
}

TEST(Memorization, OfOtherSamplesOfTheDistributionIsTheBaseline) {
  const Memorization found = memorization(normals(3, {1000, 8}), normals(1, {1000, 8}));
  EXPECT_NEAR(found.share, found.baseline, 0.01);
}

TEST(Memorization, NeedsSamples) {
  EXPECT_EQ(support::message_of<UsageError>([] { memorization(rows({{0}}), rows({{1}})); }),
            "memorization needs one generated sample and two real ones at least: 1 and 1");
}

}  // namespace
}  // namespace inflow
