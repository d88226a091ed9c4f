#include "inflow/inflation/diagnostics/dual_kernel.hpp"

#include <cstdint>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "inflow/inflation/diagnostics/spectrum.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/ops/random.hpp"

namespace inflow {
namespace {

// Each image gives about a third of the views.
at::Tensor probabilities(std::uint64_t seed, std::int64_t images, std::int64_t views) {
  Rng rng({.seed = seed}, Stream::weights);
  std::vector<double> values(static_cast<std::size_t>(images * views));
  for (double& value : values) value = rng.uniform(0, 1) < 0.33 ? rng.uniform(0.1, 1) : 0;
  const at::Tensor given = at::tensor(values).reshape({images, views}) + 1e-3;
  return given / given.sum(1, /*keepdim=*/true);
}

WeightedGraph graph_of_views(const at::Tensor& given) {
  const at::Tensor weights = (given.t().matmul(given) / given.size(0)).contiguous();
  const auto rows = weights.accessor<double, 2>();
  std::vector<WeightedEdge> edges;
  for (std::int64_t a = 0; a < rows.size(0); ++a) {
    for (std::int64_t b = a; b < rows.size(0); ++b) {
      edges.push_back({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), rows[a][b]});
    }
  }
  return {static_cast<std::size_t>(rows.size(0)), edges};
}

TEST(DualKernel, HasTheEigenvaluesOfTheGraphOfViews) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const at::Tensor given = probabilities(seed, 12, 90);
    const std::vector<double> found = dual_spectrum(dual_kernel(given));
    const std::vector<double> expected = spectrum(graph_of_views(given), 12).values;
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t at = 0; at < found.size(); ++at) {
      EXPECT_NEAR(found[at], expected[at], 1e-8) << "seed " << seed << ", " << at;
    }
  }
}

TEST(DualKernel, IsSymmetricWithRowsThatSumToOne) {
  const at::Tensor kernel = dual_kernel(probabilities(3, 20, 50));
  EXPECT_EQ(kernel.scalar_type(), at::kDouble);
  EXPECT_TRUE(kernel.allclose(kernel.t(), 0, 1e-15));
  EXPECT_TRUE(kernel.sum(1).allclose(at::ones(20, at::kDouble), 0, 1e-14));
}

TEST(DualKernel, LeavesOutViewsThatNoImageGives) {
  const at::Tensor given = at::tensor({0.5, 0.5, 0.0, 0.0, 1.0, 0.0}).reshape({2, 3});
  const at::Tensor without = given.narrow(1, 0, 2).contiguous();
  EXPECT_TRUE(dual_kernel(given).equal(dual_kernel(without)));
}

TEST(DualKernel, RefusesWhatAreNoProbabilities) {
  EXPECT_THROW(dual_kernel(at::rand({3})), UsageError);
  EXPECT_THROW(dual_kernel(at::ones({2, 2})), UsageError);
  EXPECT_THROW(dual_kernel(at::tensor({1.5, -0.5}).reshape({1, 2})), UsageError);
  EXPECT_THROW(dual_kernel(at::ones({2, 1}, at::kLong)), UsageError);
}

}  // namespace
}  // namespace inflow
