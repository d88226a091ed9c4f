#include "inflow/inflation/diagnostics/threshold_profile.hpp"

#include <limits>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/inflation/diagnostics/weighted_graph.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/ops/random.hpp"

namespace inflow {
namespace {

using testing::ElementsAre;
using Join = ThresholdProfile::Join;

at::Tensor square(std::initializer_list<double> values, std::int64_t side) {
  return at::tensor(values, at::kDouble).reshape({side, side});
}

TEST(ThresholdProfile, IsTheTreeOfTheMostSimilar) {
  // 0 - 1 at .9, 2 - 3 at .8, both pairs at .5; below the diagonal lies what does not count.
  const ThresholdProfile profile =
      threshold_profile(square({1, .9, .2, .5, 7, 1, .1, .3, 7, 7, 1, .8, 7, 7, 7, 1}, 4));
  EXPECT_THAT(profile.joins, ElementsAre(Join{.9, 2}, Join{.8, 2}, Join{.5, 4}));
  EXPECT_EQ(profile.components(.9), 4U);
  EXPECT_EQ(profile.components(.85), 3U);
  EXPECT_EQ(profile.components(-1), 1U);
  EXPECT_EQ(profile.bottleneck(.5), .9);
  EXPECT_EQ(profile.bottleneck(.51), .5);
  EXPECT_EQ(profile.bottleneck(1), .5);
}

TEST(ThresholdProfile, OfOneImageHasNoJoins) {
  const ThresholdProfile profile = threshold_profile(at::eye(1));
  EXPECT_TRUE(profile.joins.empty());
  EXPECT_EQ(profile.components(0), 1U);
  EXPECT_EQ(profile.bottleneck(1), std::numeric_limits<double>::infinity());
}

// A graph at one threshold, by its components.
Components components_above(const at::Tensor& similarities, double threshold) {
  const auto rows = similarities.accessor<double, 2>();
  std::vector<WeightedEdge> edges;
  for (std::int64_t a = 0; a < rows.size(0); ++a) {
    for (std::int64_t b = a + 1; b < rows.size(0); ++b) {
      if (rows[a][b] > threshold) {
        edges.push_back({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), 1});
      }
    }
  }
  return components({static_cast<std::size_t>(rows.size(0)), edges});
}

TEST(ThresholdProfile, CountsTheComponentsOfTheGraphAtEveryThreshold) {
  constexpr std::int64_t kImages = 40;
  Rng rng({.seed = 5}, Stream::weights);
  std::vector<double> values(kImages * kImages);
  for (double& value : values) value = 2 * rng.uniform() - 1;
  const at::Tensor similarities = at::tensor(values).reshape({kImages, kImages});
  const ThresholdProfile profile = threshold_profile(similarities);
  for (double threshold = -1; threshold < 1; threshold += 0.01) {
    const Components expected = components_above(similarities, threshold);
    EXPECT_EQ(profile.components(threshold), expected.count) << threshold;
    const double share = static_cast<double>(expected.largest()) / kImages;
    EXPECT_GT(profile.bottleneck(share), threshold);
    if (expected.count == 1) continue;
    EXPECT_LE(profile.bottleneck(share + 1e-9), threshold);
  }
}

TEST(ThresholdProfile, RefusesWhatAreNoSimilarities) {
  EXPECT_THROW(threshold_profile(at::rand({2, 3})), UsageError);
  EXPECT_THROW(threshold_profile(at::eye(0)), UsageError);
  EXPECT_THROW(threshold_profile(at::eye(3, at::kLong)), UsageError);
  EXPECT_THROW(threshold_profile(at::eye(3) / 0), UsageError);
  EXPECT_THROW(threshold_profile(at::eye(3)).bottleneck(1.5), UsageError);
}

}  // namespace
}  // namespace inflow
