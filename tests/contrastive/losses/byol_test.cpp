#include "inflow/contrastive/losses/byol.hpp"

#include <vector>

#include <ATen/TensorOperators.h>
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
using support::matrix;
using support::message_of;
using support::normals;

double value(const at::Tensor& loss) { return loss.item<double>(); }

TEST(ByolLoss, AgreesWithTheReference) {
  for (const auto& each : golden("byol")["cases"]) {
    const at::Tensor predictions = matrix(each["predictions"]);
    const at::Tensor targets = matrix(each["targets"]);
    const double expected = each["loss"];
    EXPECT_NEAR(value(byol_loss(predictions, targets)), expected, 1e-12);
    EXPECT_NEAR(value(byol_loss(predictions.to(at::kFloat), targets.to(at::kFloat))), expected,
                1e-5);
  }
}

TEST(ByolLoss, GoesFromZeroOfAgreementToFourOfTheOpposite) {
  const at::Tensor rows = normals(1, {5, 3});
  EXPECT_NEAR(value(byol_loss(rows, 7 * rows)), 0, 1e-12);
  EXPECT_NEAR(value(byol_loss(rows, -rows)), 4, 1e-12);
  const at::Tensor axes = at::eye(4, at::kDouble);
  EXPECT_NEAR(value(byol_loss(axes, axes.roll(1, 0))), 2, 1e-12);
}

TEST(ByolLoss, HasTheGradientOfFiniteDifferencesByItsPredictions) {
  support::expect_finite_differences(
      [](const std::vector<at::Tensor>& inputs) {
        return byol_loss(inputs[0], normals(3, {4, 3}));
      },
      {normals(2, {4, 3})}, 1);
}

TEST(ByolLoss, SendsNoGradientToTheTargets) {
  const at::Tensor predictions = normals(2, {4, 3}).requires_grad_();
  const at::Tensor targets = normals(3, {4, 3}).requires_grad_();
  byol_loss(predictions, targets).backward();
  EXPECT_TRUE(predictions.grad().defined());
  EXPECT_FALSE(targets.grad().defined());
}

TEST(ByolLoss, StaysFiniteForARowOfLengthZero) {
  const at::Tensor zero = at::zeros({3, 2}, at::kFloat);
  EXPECT_EQ(value(byol_loss(zero, at::ones({3, 2}))), 2);
  const auto loss = [](const std::vector<at::Tensor>& inputs) {
    return byol_loss(inputs[0], at::ones({3, 2}));
  };
  EXPECT_TRUE(support::gradients_of(loss, {zero})[0].isfinite().all().item<bool>());
}

TEST(ByolLoss, ComputesInSinglePrecisionUnderAutocast) {
  const at::Tensor predictions = normals(4, {32, 16}).to(at::kFloat);
  const at::Tensor targets = normals(5, {32, 16}).to(at::kFloat);
  const at::Tensor outside = byol_loss(predictions, targets);
  const AutocastScope autocast(true);
  EXPECT_TRUE(at::equal(byol_loss(predictions, targets), outside));
  EXPECT_EQ(byol_loss(predictions.to(at::kBFloat16), targets.to(at::kBFloat16)).scalar_type(),
            at::kFloat);
}

TEST(ByolLoss, RefusesShapesThatDoNotMatch) {
  EXPECT_EQ(message_of<UsageError>([] {
              byol_loss(at::ones({3, 2}), at::ones({2, 2}));
            }),
            "predictions and targets must have one shape N x D, none of them 0: [3, 2] and [2, 2]");
}

}  // namespace
}  // namespace inflow
