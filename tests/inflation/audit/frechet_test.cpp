#include "inflow/inflation/audit/frechet.hpp"

#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/ops/diag.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "contrastive/random_tensors.hpp"
#include "inflation/audit/audit_golden.hpp"

namespace inflow {
namespace {

using support::golden_rows;
using support::normals;
using support::rows;

TEST(Frechet, IsWhatTheReferenceFinds) {
  const double found =
      frechet_distance(moments_of(golden_rows("generated")), moments_of(golden_rows("real")));
  EXPECT_NEAR(found, support::audit_golden()["frechet"].get<double>(), 1e-9);
}

// Where covariances have the same axes, the distance is that of means and of standard deviations
// along each axis.
TEST(Frechet, OfGaussiansWithCommonAxesHasAClosedForm) {
  const at::Tensor axes = std::get<0>(at::linalg_qr(normals(1, {3, 3})));
  const auto gaussian = [&](const at::Tensor& mean, const at::Tensor& deviations) {
    return GaussianMoments{.mean = mean, .covariance = (axes * deviations.square()).mm(axes.t())};
  };
  const GaussianMoments a = gaussian(rows({{1, 2, 3}})[0], rows({{1, 2, 0.5}})[0]);
  const GaussianMoments b = gaussian(rows({{0, 4, 3}})[0], rows({{3, 2, 0.25}})[0]);
  EXPECT_NEAR(frechet_distance(a, b), (1 + 4) + (4 + 0 + 0.0625), 1e-12);
  EXPECT_NEAR(frechet_distance(b, a), 5 + 4.0625, 1e-12);
}

TEST(Frechet, OfAGaussianToItselfIsZero) {
  const GaussianMoments moments = moments_of(golden_rows("real"));
  EXPECT_NEAR(frechet_distance(moments, moments), 0, 1e-12);
}

TEST(Frechet, TakesCovariancesWithoutAnInverse) {
  const GaussianMoments point{.mean = at::zeros({2}, at::kDouble),
                              .covariance = at::zeros({2, 2}, at::kDouble)};
  const GaussianMoments unit{.mean = rows({{3, 4}})[0], .covariance = at::eye(2, at::kDouble)};
  EXPECT_NEAR(frechet_distance(point, unit), 25 + 2, 1e-12);
}

TEST(Frechet, MomentsDivideByOneLessThanTheRows) {
  const GaussianMoments moments = moments_of(rows({{1, 0}, {3, 0}, {5, 3}}).to(at::kFloat));
  EXPECT_TRUE(moments.mean.equal(rows({{3, 1}})[0]));
  EXPECT_TRUE(moments.covariance.equal(rows({{4, 3}, {3, 3}})));
}

}  // namespace
}  // namespace inflow
