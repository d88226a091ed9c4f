#include "inflow/contrastive/losses/info_nce.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "contrastive/finite_differences.hpp"
#include "contrastive/golden.hpp"
#include "contrastive/random_tensors.hpp"
#include "inflow/contrastive/detail/directions.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/training/compute.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using support::golden;
using support::integers;
using support::matrix;
using support::message_of;
using support::normals;

double value(const at::Tensor& loss) { return loss.item<double>(); }

at::Tensor ascending(std::int64_t rows) { return at::arange(rows, at::kLong); }

// Of no sample.
Negatives strangers(const at::Tensor& rows) {
  return {.directions = rows, .identities = at::full({rows.size(0)}, -1, at::kLong)};
}

TEST(InfoNce, AgreesWithTheReference) {
  for (const auto& each : golden("info_nce")["cases"]) {
    const at::Tensor queries = matrix(each["queries"]);
    const at::Tensor keys = matrix(each["keys"]);
    const at::Tensor identities = integers(each["identities"].get<std::vector<std::int64_t>>());
    const Negatives negatives{
        .directions = matrix(each["negatives"]),
        .identities = integers(each["shown"].get<std::vector<std::int64_t>>())};
    const double temperature = each["temperature"];
    const double expected = each["loss"];
    EXPECT_NEAR(value(info_nce(queries, keys, identities, negatives, temperature)), expected,
                1e-12);
    const at::Tensor single =
        info_nce(queries.to(at::kFloat), keys.to(at::kFloat), identities, negatives, temperature);
    EXPECT_EQ(single.scalar_type(), at::kFloat);
    EXPECT_NEAR(value(single), expected, 1e-5);
  }
}

TEST(InfoNce, IsTheLogarithmOfAllWhenAllAreAlike) {
  const at::Tensor alike = at::ones({3, 4}, at::kDouble);
  const Negatives negatives = strangers(directions(at::ones({9, 4}, at::kDouble)));
  EXPECT_NEAR(value(info_nce(alike, 2 * alike, ascending(3), negatives, 0.1)), std::log(10), 1e-12);
}

TEST(InfoNce, KnowsAlignedKeysAmongOrthogonalNegatives) {
  const at::Tensor axes = at::eye(6, at::kDouble);
  const at::Tensor queries = axes.narrow(0, 0, 2);
  EXPECT_NEAR(
      value(info_nce(queries, 3 * queries, ascending(2), strangers(axes.narrow(0, 2, 4)), 0.5)),
      std::log(1 + 4 * std::exp(-2.0)), 1e-12);
}

TEST(InfoNce, NeverRepelsKeysOfTheQuerysIdentity) {
  const at::Tensor queries = normals(1, {3, 4});
  const at::Tensor keys = normals(2, {3, 4});
  const at::Tensor rows = directions(normals(3, {5, 4}));
  // What is masked may as well not be there.
  const Negatives some{.directions = rows, .identities = integers({8, 7, 8, 7, 7})};
  const Negatives rest{.directions = rows.index_select(0, integers({1, 3, 4})),
                       .identities = integers({7, 7, 7})};
  const at::Tensor eights = integers({8, 8, 8});
  EXPECT_NEAR(value(info_nce(queries, keys, eights, some, 0.2)),
              value(info_nce(queries, keys, eights, rest, 0.2)), 1e-12);
}

TEST(InfoNce, IsZeroWithoutNegatives) {
  const Negatives own{.directions = directions(normals(3, {5, 4})),
                      .identities = at::zeros({5}, at::kLong)};
  const auto loss = [&](const std::vector<at::Tensor>& inputs) {
    return info_nce(inputs[0], normals(2, {3, 4}), at::zeros({3}, at::kLong), own, 0.2);
  };
  EXPECT_EQ(value(loss({normals(1, {3, 4})})), 0);
  EXPECT_EQ(support::gradients_of(loss, {normals(1, {3, 4})})[0].abs().max().item<double>(), 0);
}

TEST(InfoNce, HasTheGradientOfFiniteDifferencesByItsQueries) {
  const Negatives negatives{.directions = directions(normals(5, {7, 3})),
                            .identities = integers({0, 1, 9, 9, 2, 9, 0})};
  support::expect_finite_differences(
      [&](const std::vector<at::Tensor>& inputs) {
        return info_nce(inputs[0], normals(4, {4, 3}), integers({0, 1, 2, 1}), negatives, 0.3);
      },
      {normals(3, {4, 3})}, 1);
}

TEST(InfoNce, SendsNoGradientToKeysAndNegatives) {
  const at::Tensor queries = normals(1, {3, 4}).requires_grad_();
  const at::Tensor keys = normals(2, {3, 4}).requires_grad_();
  const at::Tensor rows = directions(normals(3, {5, 4})).requires_grad_();
  info_nce(queries, keys, ascending(3), strangers(rows), 0.2).backward();
  EXPECT_TRUE(queries.grad().defined());
  EXPECT_FALSE(keys.grad().defined());
  EXPECT_FALSE(rows.grad().defined());
}

TEST(InfoNce, StaysFiniteAtALowTemperature) {
  const at::Tensor keys = normals(7, {8, 16}).to(at::kFloat);
  const Negatives negatives = strangers(directions(normals(8, {64, 16})).to(at::kFloat));
  const auto loss = [&](const std::vector<at::Tensor>& inputs) {
    return info_nce(inputs[0], keys, ascending(8), negatives, 0.001);
  };
  const at::Tensor queries = normals(6, {8, 16}).to(at::kFloat);
  EXPECT_TRUE(std::isfinite(value(loss({queries}))));
  EXPECT_TRUE(support::gradients_of(loss, {queries})[0].isfinite().all().item<bool>());
}

TEST(InfoNce, ComputesInSinglePrecisionUnderAutocast) {
  const at::Tensor queries = normals(8, {32, 16}).to(at::kFloat);
  const at::Tensor keys = normals(9, {32, 16}).to(at::kFloat);
  const Negatives negatives = strangers(directions(normals(10, {40, 16})).to(at::kFloat));
  const at::Tensor outside = info_nce(queries, keys, ascending(32), negatives, 0.1);
  const AutocastScope autocast(true);
  EXPECT_TRUE(at::equal(info_nce(queries, keys, ascending(32), negatives, 0.1), outside));
  EXPECT_EQ(
      info_nce(queries.to(at::kBFloat16), keys.to(at::kBFloat16), ascending(32), negatives, 0.1)
          .scalar_type(),
      at::kFloat);
}

TEST(InfoNce, RefusesShapesThatDoNotMatch) {
  const at::Tensor rows = at::ones({3, 2});
  const auto refusal = [&](const at::Tensor& keys, const at::Tensor& identities,
                           const Negatives& negatives, double temperature = 0.5) {
    return message_of<UsageError>(
        [&] { info_nce(rows, keys, identities, negatives, temperature); });
  };
  const Negatives five = strangers(at::ones({5, 2}));
  EXPECT_EQ(refusal(at::ones({2, 3}), ascending(3), five),
            "queries and keys must have one shape N x D, none of them 0: [3, 2] and [2, 3]");
  EXPECT_EQ(refusal(rows, ascending(2), five),
            "there must be one identity for each of the 3 rows: [2]");
  EXPECT_EQ(refusal(rows, ascending(3), strangers(at::ones({5, 4}))),
            "negatives must be M x D, M above 0 and D that of the queries, 2: [5, 4]");
  EXPECT_EQ(
      refusal(rows, ascending(3), {.directions = at::ones({5, 2}), .identities = ascending(4)}),
      "there must be one identity for each of the 5 rows: [4]");
  EXPECT_EQ(refusal(rows, ascending(3), five, 0), "temperature must be positive: 0");
}

}  // namespace
}  // namespace inflow
