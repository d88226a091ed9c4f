#include "inflow/contrastive/losses/nt_xent.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "contrastive/finite_differences.hpp"
#include "contrastive/golden.hpp"
#include "contrastive/random_tensors.hpp"
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

at::Tensor all_different(std::int64_t rows) { return at::arange(rows, at::kLong); }

double value(const at::Tensor& loss) { return loss.item<double>(); }

// By both views.
std::vector<at::Tensor> gradients(const at::Tensor& first, const at::Tensor& second,
                                  const at::Tensor& identities, double temperature) {
  return support::gradients_of(
      [&](const std::vector<at::Tensor>& views) {
        return nt_xent(views[0], views[1], identities, temperature);
      },
      {first, second});
}

TEST(NtXent, AgreesWithTheReference) {
  for (const auto& each : golden("nt_xent")["cases"]) {
    const at::Tensor first = matrix(each["first"]);
    const at::Tensor second = matrix(each["second"]);
    const at::Tensor identities = integers(each["identities"].get<std::vector<std::int64_t>>());
    const double temperature = each["temperature"];
    const double expected = each["loss"];
    EXPECT_NEAR(value(nt_xent(first, second, identities, temperature)), expected, 1e-12);
    const at::Tensor single =
        nt_xent(first.to(at::kFloat), second.to(at::kFloat), identities, temperature);
    EXPECT_EQ(single.scalar_type(), at::kFloat);
    EXPECT_NEAR(value(single), expected, 1e-5);
  }
}

TEST(NtXent, IsTheLogarithmOfTheOthersWhenAllViewsAreAlike) {
  const at::Tensor alike = at::ones({8, 3}, at::kDouble);
  EXPECT_NEAR(value(nt_xent(alike, alike * 2, all_different(8), 0.1)), std::log(15), 1e-12);
}

TEST(NtXent, KnowsAlignedViewsAmongOrthogonalOthers) {
  const at::Tensor views = at::eye(6, at::kDouble);
  EXPECT_NEAR(value(nt_xent(views, 3 * views, all_different(6), 0.5)),
              std::log(1 + 10 * std::exp(-2.0)), 1e-12);
}

TEST(NtXent, NeverRepelsViewsOfOneIdentity) {
  const at::Tensor first = normals(1, {5, 4});
  const at::Tensor second = normals(2, {5, 4});
  // Of a single identity there are no negatives at all.
  EXPECT_NEAR(value(nt_xent(first, second, at::zeros({5}, at::kLong), 0.2)), 0, 1e-12);
}

TEST(NtXent, HasTheGradientOfFiniteDifferences) {
  support::expect_finite_differences(
      [](const std::vector<at::Tensor>& views) {
        return nt_xent(views[0], views[1], integers({0, 1, 2, 1, 4}), 0.3);
      },
      {normals(3, {5, 3}), normals(4, {5, 3})}, 2);
}

TEST(NtXent, HasTheGradientInClosedForm) {
  // d/du_i = (sum over j != i of (P_ij + P_ji) u_j - 2 u_p(i)) / (2 N T), with P the softmax of row
  // i without i; then d/dz_i = (I - u_i u_i') d/du_i / |z_i|.
  constexpr std::int64_t kRows = 4;
  constexpr double kTemperature = 0.25;
  const at::Tensor z = normals(5, {2 * kRows, 3});
  const at::Tensor length = z.norm(2, {1}, true);
  const at::Tensor u = z / length;
  const at::Tensor similarities =
      u.mm(u.t()) / kTemperature - at::eye(2 * kRows, at::kDouble) * 1e9;
  const at::Tensor p = similarities.softmax(1);
  const at::Tensor others = at::cat({u.narrow(0, kRows, kRows), u.narrow(0, 0, kRows)});
  const at::Tensor by_u = ((p + p.t()).mm(u) - 2 * others) / (2 * kRows * kTemperature);
  const at::Tensor by_z = (by_u - u * (u * by_u).sum({1}, true)) / length;

  const std::vector<at::Tensor> found = gradients(z.narrow(0, 0, kRows), z.narrow(0, kRows, kRows),
                                                  all_different(kRows), kTemperature);
  EXPECT_TRUE(at::cat(found).allclose(by_z, 1e-10, 1e-12));
}

TEST(NtXent, StaysFiniteAtALowTemperature) {
  const at::Tensor first = normals(6, {64, 16}).to(at::kFloat);
  const at::Tensor second = (first + 0.1 * normals(7, {64, 16})).to(at::kFloat);
  EXPECT_TRUE(std::isfinite(value(nt_xent(first, second, all_different(64), 0.001))));
  const at::Tensor found = gradients(first, second, all_different(64), 0.01)[0];
  EXPECT_TRUE(found.isfinite().all().item<bool>());
  EXPECT_GT(found.abs().max().item<double>(), 0);
}

TEST(NtXent, StaysFiniteForAProjectionOfLengthZero) {
  for (const at::Tensor& found : gradients(at::zeros({3, 2}, at::kFloat),
                                           at::ones({3, 2}, at::kFloat), all_different(3), 0.5)) {
    EXPECT_TRUE(found.isfinite().all().item<bool>());
  }
}

TEST(NtXent, ComputesInSinglePrecisionUnderAutocast) {
  const at::Tensor first = normals(8, {32, 16}).to(at::kFloat);
  const at::Tensor second = normals(9, {32, 16}).to(at::kFloat);
  const at::Tensor outside = nt_xent(first, second, all_different(32), 0.1);
  const AutocastScope autocast(true);
  EXPECT_TRUE(at::equal(nt_xent(first, second, all_different(32), 0.1), outside));
  const at::Tensor from_halves =
      nt_xent(first.to(at::kBFloat16), second.to(at::kBFloat16), all_different(32), 0.1);
  EXPECT_EQ(from_halves.scalar_type(), at::kFloat);
  EXPECT_NEAR(value(from_halves), value(outside), 0.05);
}

TEST(NtXent, RefusesShapesThatDoNotMatch) {
  const at::Tensor views = at::ones({3, 2});
  const auto refusal = [&](const at::Tensor& second, const at::Tensor& identities) {
    return message_of<UsageError>([&] { nt_xent(views, second, identities, 0.5); });
  };
  EXPECT_EQ(
      refusal(at::ones({2, 3}), all_different(3)),
      "projections of two views must have one shape N x D, none of them 0: [3, 2] and [2, 3]");
  EXPECT_EQ(refusal(views, all_different(2)),
            "there must be one identity for each of the 3 rows: [2]");
}

TEST(NtXent, RefusesATemperatureThatIsNotPositive) {
  const at::Tensor views = at::ones({3, 2});
  EXPECT_EQ(message_of<UsageError>([&] { nt_xent(views, views, all_different(3), 0); }),
            "temperature must be positive: 0");
}

}  // namespace
}  // namespace inflow
