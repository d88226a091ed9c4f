#include "inflow/contrastive/evaluation/knn.hpp"

#include <limits>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include "contrastive/golden.hpp"
#include "contrastive/random_tensors.hpp"
#include "inflow/ops/error.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using support::golden;
using support::golden_features;
using support::integers;
using support::matrix;
using support::message_of;
using support::normals;

using Labels = std::vector<std::int64_t>;

LabeledFeatures features(const nlohmann::json& values, const Labels& labels, std::int64_t classes) {
  return {.values = matrix(values).to(at::kFloat), .labels = integers(labels), .classes = classes};
}

Labels predicted(const LabeledFeatures& train, const nlohmann::json& queries, KnnOptions options) {
  return integers(knn_predict(train, matrix(queries).to(at::kFloat), options));
}

TEST(Knn, AgreesWithTheReference) {
  const nlohmann::json content = golden("knn");
  const LabeledFeatures train = golden_features(content);
  for (const auto& each : content["cases"]) {
    const KnnOptions options{.k = each["k"], .temperature = each["temperature"]};
    EXPECT_EQ(predicted(train, content["queries"], options), each["predictions"].get<Labels>())
        << each["k"] << " " << each["temperature"];
  }
}

TEST(Knn, OrdersEqualSimilaritiesByPosition) {
  const auto train = features({{1, 0}, {2, 0}, {3, 0}, {0, 1}}, {2, 1, 1, 0}, 3);
  EXPECT_EQ(predicted(train, {{1, 0}}, {.k = 1}), Labels{2});
  EXPECT_EQ(predicted(train, {{1, 0}}, {.k = 3}), Labels{1});
}

TEST(Knn, OrdersEqualVotesByLabel) {
  const auto train = features({{1, 0}, {2, 0}, {4, 0}}, {2, 1, 2}, 3);
  EXPECT_EQ(predicted(train, {{1, 0}}, {.k = 2}), Labels{1});
}

TEST(Knn, AsksAllNeighborsWhereThereAreFewerThanK) {
  const auto train = features({{1, 0}, {0, 1}, {0, 2}}, {0, 1, 1}, 2);
  EXPECT_EQ(predicted(train, {{1, 0.9}}, {.k = 10000, .temperature = 10}), Labels{1});
}

TEST(Knn, WeighsNeighborsByTheirSimilarity) {
  const auto train = features({{1, 0}, {0, 1}, {0, 2}}, {0, 1, 1}, 2);
  EXPECT_EQ(predicted(train, {{1, 0.5}}, {.k = 3, .temperature = 0.001}), Labels{0});
}

TEST(Knn, LooksAtDirectionsOnly) {
  const auto train = features({{100, 1}, {0.01, 0.02}}, {0, 1}, 2);
  EXPECT_EQ(predicted(train, {{5, 9}, {0.002, 0}}, {.k = 1}), (Labels{1, 0}));
}

TEST(Knn, AnswersEachQueryForItself) {
  // More than one chunk; a query's answer is the same among others and alone.
  const LabeledFeatures known{.values = normals(1, {90, 6}).to(at::kFloat),
                              .labels = at::arange(90, at::kLong) % 3,
                              .classes = 3};
  const at::Tensor queries = normals(2, {600, 6}).to(at::kFloat);
  const Labels together = integers(knn_predict(known, queries, {}));
  ASSERT_EQ(together.size(), 600U);
  for (const std::int64_t at : {0, 255, 256, 511, 599}) {
    EXPECT_EQ(integers(knn_predict(known, queries.narrow(0, at, 1), {})).front(),
              together[static_cast<std::size_t>(at)]);
  }
}

TEST(Knn, RefusesQueriesOfAnotherKind) {
  const auto train = features({{1, 0}, {0, 1}}, {0, 1}, 2);
  EXPECT_EQ(message_of<UsageError>([&] {
              knn_predict(train, at::ones({4, 3}), {});
            }),
            "queries must be finite numbers, N x 2 of float32: [4, 3] of Float");
}

TEST(Knn, RefusesATrainingSetThatIsNotOne) {
  const auto refusal = [](const LabeledFeatures& train) {
    return message_of<UsageError>([&] { knn_predict(train, at::ones({1, 2}), {}); });
  };
  EXPECT_EQ(refusal(features({{1, 0}, {0, 1}}, {0, 2}, 2)), "labels must be from 0 to 1: 0 to 2");
  EXPECT_EQ(refusal(features({{1, 0}, {0, 1}}, {0}, 2)),
            "labels must be int64, one for each of the 2 features: [1] of Long");
  LabeledFeatures broken = features({{1, 0}, {0, 1}}, {0, 1}, 2);
  broken.values = at::full({2, 2}, std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(refusal(broken), "features must be finite numbers");
  broken.values = at::ones({2});
  EXPECT_EQ(refusal(broken), "features must be N x D of float32, none of them 0: [2] of Float");
}

}  // namespace
}  // namespace inflow
