#include "inflow/inflation/diagnostics/error_bound.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>

#include "inflow/inflation/diagnostics/spectrum.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/ops/random.hpp"

namespace inflow {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Images, of which each is drawn with a probability and gives views with others; both have labels.
struct FiniteWorld {
  VectorXd training;  // P_t
  VectorXd real;      // P_d
  MatrixXd views;     // A(x | i), images x views
  std::vector<std::int64_t> of_images;
  std::vector<std::int64_t> of_views;
  double shift = 0;  // TV(P_t, P_d)
};

VectorXd distribution(Rng& rng, Index size) {
  VectorXd values(size);
  for (double& value : values) value = rng.uniform(0.01, 1);
  return values / values.sum();
}

constexpr std::int64_t kClasses = 3;

// The images of a class prefer its views, so that there is something to learn.
FiniteWorld world_of(std::uint64_t seed) {
  Rng rng({.seed = seed}, Stream::weights);
  const Index images = 3 + rng.below(10);
  const Index views = 4 + rng.below(20);
  FiniteWorld world{.training = {},
                    .real = distribution(rng, images),
                    .views = MatrixXd(images, views),
                    .of_images = {},
                    .of_views = {}};
  for (Index i = 0; i < images; ++i) world.of_images.push_back(rng.below(kClasses));
  for (Index x = 0; x < views; ++x) world.of_views.push_back(rng.below(kClasses));
  const double strange = rng.uniform(0, 0.3);
  for (Index i = 0; i < images; ++i) {
    for (Index x = 0; x < views; ++x) {
      const bool is_own = world.of_images[static_cast<std::size_t>(i)] ==
                          world.of_views[static_cast<std::size_t>(x)];
      world.views(i, x) = rng.uniform(0, 1) < 0.5 ? 0 : (is_own ? 1 : strange) * rng.uniform(0, 1);
    }
    world.views(i, rng.below(static_cast<std::uint32_t>(views))) += 0.01;
    world.views.row(i) /= world.views.row(i).sum();
  }
  const double beta = rng.uniform(0, 1);
  const VectorXd generated = distribution(rng, images);
  world.training = beta * world.real + (1 - beta) * generated;
  world.shift = (1 - beta) * (generated - world.real).cwiseAbs().sum() / 2;
  return world;
}

WeightedGraph graph_of(const MatrixXd& weights) {
  std::vector<WeightedEdge> edges;
  for (Index a = 0; a < weights.rows(); ++a) {
    for (Index b = a; b < weights.cols(); ++b) {
      if (weights(a, b) > 0) {
        edges.push_back(
            {static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), weights(a, b)});
      }
    }
  }
  return {static_cast<std::size_t>(weights.rows()), edges};
}

// The label that most of the weight votes for.
std::int64_t voted(const VectorXd& weights, const std::vector<std::int64_t>& labels) {
  VectorXd votes = VectorXd::Zero(kClasses);
  for (Index x = 0; x < weights.size(); ++x)
    votes(labels[static_cast<std::size_t>(x)]) += weights(x);
  Index best = 0;
  votes.maxCoeff(&best);
  return best;
}

// What a linear head on the `k` lowest eigenvectors says of each view, fitted to their labels.
std::vector<std::int64_t> predicted(const MatrixXd& vectors, Index k, const VectorXd& degrees,
                                    const std::vector<std::int64_t>& labels) {
  MatrixXd wanted = MatrixXd::Zero(degrees.size(), kClasses);
  for (Index x = 0; x < degrees.size(); ++x) {
    wanted(x, labels[static_cast<std::size_t>(x)]) = std::sqrt(degrees(x));
  }
  const MatrixXd features = vectors.rightCols(k);
  const MatrixXd made = features * (features.transpose() * wanted);
  std::vector<std::int64_t> all;
  for (Index x = 0; x < degrees.size(); ++x) {
    Index best = 0;
    made.row(x).maxCoeff(&best);
    all.push_back(best);
  }
  return all;
}

TEST(ErrorBound, HoldsForEveryHeadOfEveryFiniteWorld) {
  int bounded = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const FiniteWorld world = world_of(seed);
    const Index images = world.views.rows();
    MatrixXd weights = world.views.transpose() * world.training.asDiagonal() * world.views;
    // Views that no image gives are none; these weigh next to nothing.
    weights.diagonal().array() += 1e-12;
    const WeightedGraph graph = graph_of(weights);
    double labeling_error = 0;
    for (Index i = 0; i < images; ++i) {
      for (Index x = 0; x < world.views.cols(); ++x) {
        const bool is_wrong = world.of_views[static_cast<std::size_t>(x)] !=
                              world.of_images[static_cast<std::size_t>(i)];
        if (is_wrong) labeling_error += world.training(i) * world.views(i, x);
      }
    }
    const double phi = disagreement(graph, world.of_views);
    EXPECT_LE(phi, 2 * labeling_error + 1e-9);

    const VectorXd degrees = weights.rowwise().sum();
    const VectorXd roots = degrees.cwiseSqrt().cwiseInverse();
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(roots.asDiagonal() * weights *
                                                         roots.asDiagonal());
    const auto all = static_cast<int>(graph.size());
    const std::vector<double> eigenvalues = spectrum(graph, all).values;
    for (int k = 1; k < all; ++k) {
      const std::vector<std::int64_t> labels =
          predicted(solver.eigenvectors(), k, degrees, world.of_views);
      double error = 0;
      for (Index i = 0; i < images; ++i) {
        const bool is_wrong =
            voted(world.views.row(i), labels) != world.of_images[static_cast<std::size_t>(i)];
        if (is_wrong) error += world.real(i);
      }
      const double bound = error_bound({.labeling_error = labeling_error,
                                        .disagreement = phi,
                                        .eigenvalue = eigenvalues[static_cast<std::size_t>(k)],
                                        .shift = world.shift});
      EXPECT_LE(error, bound + 1e-9) << "seed " << seed << ", " << k << " dimensions";
      if (bound < 1) ++bounded;
    }
  }
  EXPECT_GT(bounded, 100);  // of those that say something
}

TEST(ErrorBound, IsWhatItsTermsSay) {
  EXPECT_DOUBLE_EQ(
      error_bound({.labeling_error = 0.05, .disagreement = 0.08, .eigenvalue = 0.4, .shift = 0.1}),
      2 * (2 * 0.08 / 0.4 + 0.05) + 0.1);
  EXPECT_EQ(error_bound({.disagreement = 0.1}), std::numeric_limits<double>::infinity());
  EXPECT_EQ(error_bound({.labeling_error = 0.1}), 0.2);
}

TEST(Disagreement, IsTheShareOfPairsOfTwoLabels) {
  // Of 2 x 3 between others and 4 with itself, 2 x 2 differ.
  const WeightedGraph graph(3, {{0, 1, 1}, {1, 2, 2}, {1, 1, 4}});
  const std::vector<std::int64_t> labels{5, 5, 7};
  EXPECT_DOUBLE_EQ(disagreement(graph, labels), 0.4);
}

TEST(Disagreement, RefusesLabelsOfOtherVertices) {
  const std::vector<std::int64_t> labels{5, 5};
  EXPECT_THROW(disagreement({3, {{0, 1, 1}}}, labels), UsageError);
  EXPECT_THROW(disagreement({2, {}}, labels), UsageError);
}

}  // namespace
}  // namespace inflow
