#include "inflow/contrastive/detail/directions.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

namespace inflow {
namespace {

TEST(Directions, HaveTheLengthAskedFor) {
  const at::Tensor rows = at::tensor({3., 4., 0., -2.}, at::kDouble).view({2, 2});
  EXPECT_TRUE(
      directions(rows).allclose(at::tensor({.6, .8, 0., -1.}, at::kDouble).view({2, 2}), 1e-14));
  EXPECT_TRUE(directions(rows, 4).allclose(directions(rows) / 4, 1e-14));
}

TEST(Directions, OfLengthZeroStayZero) {
  EXPECT_EQ(directions(at::zeros({2, 3})).abs().max().item<double>(), 0);
}

TEST(DirectionStddev, IsLargestWhereDirectionsLieEvenly) {
  const at::Tensor axes = at::eye(4, at::kDouble);
  EXPECT_NEAR(direction_stddev(at::cat({axes, -axes})), 0.5, 1e-14);
}

TEST(DirectionStddev, IsZeroWhereAllHaveCollapsedIntoOne) {
  EXPECT_NEAR(direction_stddev(at::ones({5, 4}, at::kDouble)), 0, 1e-14);
}

}  // namespace
}  // namespace inflow
