#include "inflow/contrastive/losses/barlow_twins.hpp"

#include <cmath>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
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

constexpr double kRedundancy = 0.0051;

double value(const at::Tensor& loss) { return loss.item<double>(); }

// Three dimensions of mean 0 and variance 10^4 that have nothing in common: what is added to
// variances does not show.
at::Tensor uncorrelated() {
  return 100 * at::tensor({1., 1., 1., 1., -1., -1., -1., 1., -1., -1., -1., 1.}, at::kDouble)
                   .view({4, 3});
}

TEST(BarlowTwinsLoss, AgreesWithTheReference) {
  for (const auto& each : golden("barlow_twins")["cases"]) {
    const at::Tensor first = matrix(each["first"]);
    const at::Tensor second = matrix(each["second"]);
    const double redundancy = each["redundancy"];
    const double expected = each["loss"];
    EXPECT_NEAR(value(barlow_twins_loss(first, second, redundancy)), expected, 1e-11);
    EXPECT_NEAR(value(barlow_twins_loss(first.to(at::kFloat), second.to(at::kFloat), redundancy)),
                expected, 1e-4);
  }
}

TEST(BarlowTwinsLoss, IsZeroForEqualViewsOfDimensionsWithNothingInCommon) {
  EXPECT_NEAR(value(barlow_twins_loss(uncorrelated(), uncorrelated(), 1)), 0, 1e-12);
}

TEST(BarlowTwinsLoss, DoesNotSeeWhereDimensionsLieNorTheirScale) {
  const at::Tensor other = 3 * uncorrelated() + 5;
  EXPECT_NEAR(value(barlow_twins_loss(uncorrelated(), other, 1)), 0, 1e-12);
}

TEST(BarlowTwinsLoss, CountsEveryPairOfEqualDimensions) {
  // All three dimensions are one: the diagonal is right, six entries beside it are 1.
  const at::Tensor one = uncorrelated().narrow(1, 0, 1).expand({4, 3});
  EXPECT_NEAR(value(barlow_twins_loss(one, one, kRedundancy)), 6 * kRedundancy, 1e-9);
}

TEST(BarlowTwinsLoss, OppositeViewsAreFourForEachDimension) {
  EXPECT_NEAR(value(barlow_twins_loss(uncorrelated(), -uncorrelated(), kRedundancy)), 12, 1e-6);
}

TEST(BarlowTwinsLoss, CollapsedViewsAgreeInNothing) {
  const at::Tensor same = at::ones({4, 3}, at::kDouble);
  EXPECT_NEAR(value(barlow_twins_loss(same, same, kRedundancy)), 3, 1e-12);
}

TEST(BarlowTwinsLoss, HasTheGradientOfFiniteDifferences) {
  support::expect_finite_differences(
      [](const std::vector<at::Tensor>& inputs) {
        return barlow_twins_loss(inputs[0], inputs[1], 0.5);
      },
      {normals(1, {5, 3}), normals(2, {5, 3})}, 2);
}

TEST(BarlowTwinsLoss, ComputesInSinglePrecisionUnderAutocast) {
  const at::Tensor first = normals(4, {32, 16}).to(at::kFloat);
  const at::Tensor second = normals(5, {32, 16}).to(at::kFloat);
  const at::Tensor outside = barlow_twins_loss(first, second, kRedundancy);
  const AutocastScope autocast(true);
  EXPECT_TRUE(at::equal(barlow_twins_loss(first, second, kRedundancy), outside));
  EXPECT_EQ(barlow_twins_loss(first.to(at::kBFloat16), second.to(at::kBFloat16), kRedundancy)
                .scalar_type(),
            at::kFloat);
}

TEST(BarlowTwinsLoss, RefusesWhatHasNoCorrelation) {
  EXPECT_EQ(
      message_of<UsageError>([] {
        barlow_twins_loss(at::ones({3, 2}), at::ones({3, 4}), 1);
      }),
      "projections of two views must have one shape N x D, none of them 0: [3, 2] and [3, 4]");
  EXPECT_EQ(message_of<UsageError>([] {
              barlow_twins_loss(at::ones({1, 2}), at::ones({1, 2}), 1);
            }),
            "one row has no variance: projections of 1 sample");
}

}  // namespace
}  // namespace inflow
