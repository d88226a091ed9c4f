#include "inflow/inflation/diagnostics/embedded_views.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflation/diagnostics/drawn_views.hpp"
#include "inflow/inflation/diagnostics/confusion.hpp"
#include "inflow/inflation/diagnostics/geometry.hpp"
#include "inflow/inflation/diagnostics/overlap.hpp"
#include "inflow/inflation/diagnostics/view_graph.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

using support::drawn_views;
using support::kImages;
using support::kViews;
using support::squared_distance;

constexpr std::int64_t kRows = kImages * kViews;

bool of_one_image(std::int64_t a, std::int64_t b) { return a / kViews == b / kViews; }

// Of two images, each with two views that are the same; the images lie at a right angle.
EmbeddedViews two_points() {
  const at::Tensor points = at::eye(2).unsqueeze(1).expand({2, 2, 2}).contiguous();
  return {.values = points, .labels = at::tensor(std::vector<std::int64_t>{0, 1})};
}

TEST(Geometry, OfTwoPoints) {
  EXPECT_NEAR(alignment(two_points()), 0, 1e-12);
  EXPECT_NEAR(uniformity(two_points()), -4, 1e-12);  // exp(-2 d^2) with d^2 = 2
  EXPECT_NEAR(effective_rank(two_points()), 2, 1e-9);
  EmbeddedViews one = two_points();
  one.values = at::ones({2, 2, 2});
  EXPECT_NEAR(uniformity(one), 0, 1e-9);
  EXPECT_NEAR(effective_rank(one), 1, 1e-6);
}

TEST(Geometry, IsWhatPlainStepsSay) {
  const EmbeddedViews views = drawn_views(0.4);
  double own = 0;
  double others = 0;
  int own_pairs = 0;
  int other_pairs = 0;
  for (std::int64_t a = 0; a < kRows; ++a) {
    for (std::int64_t b = 0; b < kRows; ++b) {
      if (a == b) continue;
      const double squared = squared_distance(views, a, b);
      if (of_one_image(a, b)) {
        own += squared;
        ++own_pairs;
      } else {
        others += std::exp(-2 * squared);
        ++other_pairs;
      }
    }
  }
  EXPECT_NEAR(alignment(views), own / own_pairs, 1e-6);
  EXPECT_NEAR(uniformity(views), std::log(others / other_pairs), 1e-6);
}

// The nearest other row that `may` be one.
std::int64_t nearest_of(const EmbeddedViews& views, std::int64_t row, auto may) {
  std::int64_t best = -1;
  for (std::int64_t other = 0; other < kRows; ++other) {
    if (other == row || !may(other)) continue;
    if (best < 0 || squared_distance(views, row, other) < squared_distance(views, row, best)) {
      best = other;
    }
  }
  return best;
}

TEST(Confusion, IsWhatPlainStepsSay) {
  for (const double strength : {0.1, 0.6, 1.5}) {
    const EmbeddedViews views = drawn_views(strength);
    int confused = 0;
    int mislabeled = 0;
    for (std::int64_t row = 0; row < kRows; ++row) {
      const std::int64_t nearest = nearest_of(views, row, [](std::int64_t) { return true; });
      confused += of_one_image(row, nearest) ? 0 : 1;
      const std::int64_t stranger =
          nearest_of(views, row, [&](std::int64_t other) { return !of_one_image(row, other); });
      mislabeled += (row / kViews) % 3 == (stranger / kViews) % 3 ? 0 : 1;
    }
    EXPECT_DOUBLE_EQ(confusion_rate(views), static_cast<double>(confused) / kRows) << strength;
    EXPECT_DOUBLE_EQ(neighbor_label_error(views), static_cast<double>(mislabeled) / kRows)
        << strength;
  }
}

TEST(Confusion, RisesWithTheStrengthOfViews) {
  EXPECT_EQ(confusion_rate(drawn_views(0.01)), 0);
  EXPECT_GT(confusion_rate(drawn_views(2)), 0.5);
}

TEST(Confusion, IsRelativeToWhereTrainingBegan) {
  EXPECT_DOUBLE_EQ(relative_confusion(0.2, 0.6), 0.5);
  EXPECT_EQ(relative_confusion(1, 0.6), std::numeric_limits<double>::infinity());
}

TEST(Overlap, IsTheGreatestCosineOfTwoViews) {
  const EmbeddedViews views = drawn_views(0.8);
  const at::Tensor found = overlap(views);
  const auto rows = found.accessor<float, 2>();
  for (std::int64_t a = 0; a < kImages; ++a) {
    for (std::int64_t b = 0; b < kImages; ++b) {
      double least = 4;
      for (std::int64_t u = a * kViews; u < (a + 1) * kViews; ++u) {
        for (std::int64_t v = b * kViews; v < (b + 1) * kViews; ++v) {
          least = std::min(least, squared_distance(views, u, v));
        }
      }
      EXPECT_NEAR(rows[a][b], 1 - least / 2, 1e-6) << a << ", " << b;
    }
  }
}

TEST(Overlap, HasPairsWithinAndAcrossClasses) {
  const at::Tensor overlaps =
      at::tensor({1.F, .9F, .2F, .9F, 1.F, .8F, .2F, .8F, 1.F}).reshape({3, 3});
  const at::Tensor labels = at::tensor(std::vector<std::int64_t>{4, 4, 5});
  const OverlappingPairs pairs = overlapping_pairs(overlaps, labels, 0.5);
  EXPECT_EQ(pairs.within, 1);
  EXPECT_EQ(pairs.across, 1);
  EXPECT_EQ(pairs.homophily(), 0.5);
  EXPECT_EQ(overlapping_pairs(overlaps, labels, 0.85).homophily(), 1);
  EXPECT_EQ(overlapping_pairs(overlaps, labels, 0.95).homophily(), 0);
}

// Whether `b` is among the `count` nearest of `a` that are of other images.
bool is_near(const EmbeddedViews& views, std::int64_t a, std::int64_t b, int count) {
  int nearer = 0;
  for (std::int64_t other = 0; other < kRows; ++other) {
    if (of_one_image(a, other)) continue;
    if (squared_distance(views, a, other) < squared_distance(views, a, b)) ++nearer;
  }
  return nearer < count;
}

TEST(ViewGraph, IsWhatPlainStepsSay) {
  const EmbeddedViews views = drawn_views(0.8);
  const ViewGraphOptions options{.neighbors = 3, .own = 0.4};
  std::vector<double> own;
  for (std::int64_t a = 0; a < kRows; ++a) {
    for (std::int64_t b = a + 1; b < kRows; ++b) {
      if (of_one_image(a, b)) own.push_back(squared_distance(views, a, b));
    }
  }
  std::ranges::sort(own, std::greater<>());
  const double width = own[own.size() / 2];

  const WeightedGraph graph = view_graph(views, options);
  EXPECT_EQ(graph.size(), static_cast<std::size_t>(kRows));
  std::map<std::pair<std::int64_t, std::int64_t>, double> found;
  for (const auto& [a, b, weight] : graph.edges()) found[{a, b}] = weight;
  int near = 0;
  for (std::int64_t a = 0; a < kRows; ++a) {
    EXPECT_FALSE(found.contains({a, a}));
    for (std::int64_t b = a + 1; b < kRows; ++b) {
      double expected = 0;
      if (of_one_image(a, b)) {
        expected = 0.4 / (kViews - 1);
      } else if (is_near(views, a, b, 3) && is_near(views, b, a, 3)) {
        expected = 0.6 * std::exp(-squared_distance(views, a, b) / width);
        ++near;
      }
      EXPECT_NEAR((found[{a, b}]), expected, 1e-5) << a << ", " << b;
    }
  }
  EXPECT_GT(near, 10);
}

TEST(ViewGraph, ConnectsOnlyWhatIsTheSameWhereViewsOfAnImageAre) {
  EmbeddedViews views = two_points();
  EXPECT_EQ(components(view_graph(views)).count, 2U);
  views.values = at::cat({views.values, views.values});
  views.labels = at::Tensor();
  EXPECT_EQ(components(view_graph(views)).count, 2U);
}

TEST(ViewGraph, LeavesOutWhatWeighsNothing) {
  const EmbeddedViews views = drawn_views(0.8);
  EXPECT_EQ(components(view_graph(views, {.neighbors = 3, .own = 1})).count,
            static_cast<std::size_t>(kImages));
}

TEST(EmbeddedViews, AreRefusedWhereTheyAreNone) {
  const EmbeddedViews good = drawn_views(0.4);
  validate_labeled(good);
  for (const EmbeddedViews& bad :
       {EmbeddedViews{}, EmbeddedViews{.values = good.values.to(at::kDouble)},
        EmbeddedViews{.values = good.values.narrow(0, 0, 1)},
        EmbeddedViews{.values = good.values.narrow(1, 0, 1)},
        EmbeddedViews{.values = good.values.narrow(2, 0, 0)},
        EmbeddedViews{.values = good.values.flatten(0, 1)},
        EmbeddedViews{.values = good.values / 0},
        EmbeddedViews{.values = good.values, .labels = good.labels.narrow(0, 0, 3)},
        EmbeddedViews{.values = good.values, .labels = good.labels.to(at::kFloat)}}) {
    EXPECT_THROW(validate(bad), UsageError);
    EXPECT_THROW(alignment(bad), UsageError);
    EXPECT_THROW(uniformity(bad), UsageError);
    EXPECT_THROW(effective_rank(bad), UsageError);
    EXPECT_THROW(confusion_rate(bad), UsageError);
    EXPECT_THROW(overlap(bad), UsageError);
    EXPECT_THROW(view_graph(bad), UsageError);
  }
  EXPECT_THROW(neighbor_label_error({.values = good.values}), UsageError);
}

TEST(NearestLabels, AreThoseOfWhatOverlapsMost) {
  const at::Tensor overlaps = at::tensor({1.0F, .2F, .9F, .1F, .2F, 1.0F, .3F, .8F, .9F, .3F, 1.0F,
                                          .95F, .1F, .8F, .95F, 1.0F})
                                  .reshape({4, 4});
  // The last is most like the third, but that has no label of its own.
  EXPECT_TRUE(at::equal(nearest_labels(overlaps, at::tensor({5, 2, -1, -1}, at::kLong)),
                        at::tensor({5, 2, 5, 2}, at::kLong)));
  const at::Tensor all = at::tensor({0, 1, 2, 3}, at::kLong);
  EXPECT_TRUE(at::equal(nearest_labels(overlaps, all), all));
  EXPECT_THROW(nearest_labels(overlaps, all - 10), UsageError);
}

}  // namespace
}  // namespace inflow
