#include "inflow/inflation/audit/manifolds.hpp"

#include <gtest/gtest.h>

#include "inflation/audit/audit_golden.hpp"
#include "inflow/ops/error.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using support::golden_rows;
using support::rows;

TEST(Manifolds, ArePrecisionAndRecallOfTheReference) {
  const auto& golden = support::audit_golden();
  const PrecisionRecall found = precision_and_recall(golden_rows("generated"), golden_rows("real"),
                                                     {.k = golden["k"].get<int>()});
  EXPECT_DOUBLE_EQ(found.precision, golden["precision"].get<double>());
  EXPECT_DOUBLE_EQ(found.recall, golden["recall"].get<double>());
  EXPECT_LT(found.precision, 1);
  EXPECT_LT(found.recall, 1);
}

// Real samples at 0, 1, 2 and 10 have balls of radius 1, 1, 1 and 8; generated ones at 1.5, 1.6 and
// 40 of 0.1, 0.1 and 38.4.
TEST(Manifolds, OfPointsOnALine) {
  const at::Tensor real = rows({{0}, {1}, {2}, {10}});
  const at::Tensor generated = rows({{1.5}, {1.6}, {40}});
  const PrecisionRecall found = precision_and_recall(generated, real, {.k = 1});
  EXPECT_DOUBLE_EQ(found.precision, 2.0 / 3);
  EXPECT_DOUBLE_EQ(found.recall, 2.0 / 4);  // 2 and 10 lie within 38.4 of 40
}

TEST(Manifolds, OfOneSetWithItselfAreWhole) {
  const PrecisionRecall found = precision_and_recall(golden_rows("real"), golden_rows("real"));
  EXPECT_EQ(found.precision, 1);
  EXPECT_EQ(found.recall, 1);
}

// A pool that shows one class of two perfectly is precise, but misses half.
TEST(Manifolds, SeeAMissingMode) {
  const at::Tensor real = rows({{0}, {0.1}, {0.2}, {0.3}, {9}, {9.1}, {9.2}, {9.3}});
  const at::Tensor generated = rows({{0.05}, {0.15}, {0.22}, {0.28}});
  const PrecisionRecall found = precision_and_recall(generated, real, {.k = 3});
  EXPECT_EQ(found.precision, 1);
  EXPECT_EQ(found.recall, 0.5);
}

TEST(Manifolds, NeedMoreSamplesThanK) {
  EXPECT_EQ(support::message_of<UsageError>([] {
              precision_and_recall(rows({{0}, {1}, {2}}), rows({{0}, {1}, {2}, {3}}));
            }),
            "precision and recall need more samples of each set than k, which is 3: 3");
}

}  // namespace
}  // namespace inflow
