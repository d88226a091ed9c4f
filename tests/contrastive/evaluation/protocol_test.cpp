#include "inflow/contrastive/evaluation/protocol.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "contrastive/golden.hpp"
#include "contrastive/random_tensors.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/training/class_order.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::normals;

const EvaluationOptions kQuick{.linear = {.penalties = {1e-2, 1}, .iterations = 30},
                               .few_labels = {.per_class = 4, .draws = 3}};

// Two overlapping clouds.
LabeledFeatures clouds(std::uint64_t seed, std::int64_t count) {
  const at::Tensor labels = at::arange(count, at::kLong) % 2;
  at::Tensor values = normals(seed, {count, 5});
  values.select(1, 0) += 1.5 * (labels.to(at::kDouble) - 0.5);
  return {.values = values.to(at::kFloat), .labels = labels, .classes = 2};
}

std::vector<double> means(const EvaluationRow& row) {
  return {row.knn.mean, row.linear.mean, row.few_knn.mean, row.few_linear.mean};
}

TEST(Evaluate, MeasuresFourWays) {
  const EvaluationRow row = evaluate("clouds", clouds(1, 300), clouds(2, 200), kQuick, 1);
  EXPECT_EQ(row.representation, "clouds");
  for (const double mean : means(row)) {
    EXPECT_GT(mean, 55);
    EXPECT_LT(mean, 95);
  }
  EXPECT_EQ(row.knn.draws, 1);
  EXPECT_EQ(row.knn.spread, 0);
  EXPECT_EQ(row.few_knn.draws, 3);
  EXPECT_GT(row.few_knn.spread, 0);
  EXPECT_GT(row.few_linear.spread, 0);
}

TEST(Evaluate, NeverUsesTheLabelsOfTheTestSet) {
  const LabeledFeatures train = clouds(1, 300);
  LabeledFeatures test = clouds(2, 200);
  const EvaluationRow honest = evaluate("", train, test, kQuick, 1);
  test.labels = 1 - test.labels;
  const EvaluationRow swapped = evaluate("", train, test, kQuick, 1);
  EXPECT_EQ(swapped.linear_penalty, honest.linear_penalty);
  for (std::size_t at = 0; at < means(honest).size(); ++at) {
    EXPECT_NEAR(means(swapped)[at], 100 - means(honest)[at], 1e-9);
  }
}

TEST(Evaluate, IsNotMovedByOtherTestFeatures) {
  const LabeledFeatures train = clouds(1, 300);
  const LabeledFeatures test = clouds(2, 200);
  LabeledFeatures far = clouds(3, 200);
  far.values = far.values * 100 + 30;
  const LabeledFeatures both{.values = at::cat({test.values, far.values}),
                             .labels = at::cat({test.labels, far.labels}),
                             .classes = 2};
  const std::vector<double> alone = means(evaluate("", train, test, kQuick, 1));
  const std::vector<double> others = means(evaluate("", train, far, kQuick, 1));
  const std::vector<double> together = means(evaluate("", train, both, kQuick, 1));
  for (std::size_t at = 0; at < alone.size(); ++at) {
    EXPECT_NEAR(together[at], (alone[at] + others[at]) / 2, 1e-9);
  }
}

TEST(Evaluate, RepeatsForEqualSeeds) {
  const LabeledFeatures train = clouds(1, 300);
  const LabeledFeatures test = clouds(2, 200);
  const std::vector<double> once = means(evaluate("", train, test, kQuick, 9));
  EXPECT_EQ(means(evaluate("", train, test, kQuick, 9)), once);
  EXPECT_NE(means(evaluate("", train, test, kQuick, 10)), once);
}

TEST(Evaluate, RefusesClassesTooSmallToDrawFrom) {
  const EvaluationOptions options{.linear = kQuick.linear, .few_labels = {.per_class = 11}};
  EXPECT_EQ(message_of<UsageError>([&] { evaluate("", clouds(1, 20), clouds(2, 20), options, 1); }),
            "each class needs 11 training samples to draw from: one has 10");
}

TEST(Evaluate, RefusesATestSetOfOtherClasses) {
  LabeledFeatures test = clouds(2, 20);
  test.classes = 3;
  EXPECT_EQ(message_of<UsageError>([&] { evaluate("", clouds(1, 20), test, kQuick, 1); }),
            "training and test set must have the same classes: 2 and 3");
}

TEST(ClassOrder, HoldsEveryRowOnceInItsClass) {
  const at::Tensor labels = at::arange(30, at::kLong) % 3;
  const auto orders = keyed_class_order(labels, 4, 7, {});
  ASSERT_EQ(orders.size(), 4U);
  EXPECT_TRUE(orders[3].empty());
  for (std::int64_t label = 0; label < 3; ++label) {
    std::vector<std::int64_t> rows = orders[static_cast<std::size_t>(label)];
    EXPECT_FALSE(std::ranges::is_sorted(rows));
    std::ranges::sort(rows);
    ASSERT_EQ(rows.size(), 10U);
    for (std::int64_t at = 0; at < 10; ++at) {
      EXPECT_EQ(rows[static_cast<std::size_t>(at)], 3 * at + label);
    }
  }
}

TEST(ClassOrder, DiffersBySeedDrawAndPosition) {
  const at::Tensor labels = at::arange(30, at::kLong) % 3;
  const auto order = keyed_class_order(labels, 3, 7, {});
  EXPECT_EQ(keyed_class_order(labels, 3, 7, {}), order);
  EXPECT_NE(keyed_class_order(labels, 3, 8, {}), order);
  EXPECT_NE(keyed_class_order(labels, 3, 7, {.draw = 1}), order);
  EXPECT_NE(keyed_class_order(labels, 3, 7, {.position = 1}), order);
}

const std::vector<EvaluationRow> kRows{{.representation = "raw pixels",
                                        .knn = {.mean = 84.6},
                                        .linear = {.mean = 84.45},
                                        .few_knn = {.mean = 70.614, .spread = 1.236, .draws = 10},
                                        .few_linear = {.mean = 100, .spread = 0, .draws = 10},
                                        .linear_penalty = 0.01}};

TEST(EvaluationTable, NamesItsSettingsAndAlignsItsColumns) {
  EXPECT_EQ(table_of(kRows, {}),
            "Accuracy in %, all labels: kNN with k = 20, T = 0.07; linear probe\n"
            "Few labels, 10 per class: kNN with k = 5, T = 0.07; linear probe; mean +- standard "
            "deviation over 10 draws\n"
            "\n"
            "representation    kNN  linear        few kNN      few linear\n"
            "raw pixels      84.60   84.45  70.61 +- 1.24  100.00 +- 0.00\n");
}

TEST(EvaluationTable, HasAJsonForm) {
  const nlohmann::json json = nlohmann::json::parse(to_json(kRows, {}));
  EXPECT_EQ(json["knn"]["k"], 20);
  EXPECT_EQ(json["few_labels"]["draws"], 10);
  ASSERT_EQ(json["rows"].size(), 1U);
  EXPECT_EQ(json["rows"][0]["representation"], "raw pixels");
  EXPECT_EQ(json["rows"][0]["few_knn"]["spread"], 1.236);
  EXPECT_EQ(json["rows"][0]["linear_penalty"], 0.01);
}

}  // namespace
}  // namespace inflow
