#include "inflow/inflation/diagnostics/spectrum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <Eigen/Eigenvalues>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

constexpr double kPi = std::numbers::pi;

WeightedGraph graph_of(std::size_t vertices, auto weight_between) {
  std::vector<WeightedEdge> edges;
  for (std::uint32_t a = 0; a < vertices; ++a) {
    for (std::uint32_t b = a; b < vertices; ++b) {
      if (const double weight = weight_between(a, b); weight > 0) edges.push_back({a, b, weight});
    }
  }
  return {vertices, std::move(edges)};
}

WeightedGraph complete(std::size_t vertices, double with_itself = 0) {
  return graph_of(vertices, [&](auto a, auto b) { return a == b ? with_itself : 1.0; });
}

WeightedGraph cycle(std::size_t vertices) {
  return graph_of(vertices,
                  [&](auto a, auto b) { return b - a == 1 || b - a == vertices - 1 ? 1.0 : 0.0; });
}

void expect_values(const WeightedGraph& graph, std::vector<double> expected,
                   const std::string& what) {
  std::ranges::sort(expected);
  for (const std::size_t count : {expected.size(), std::min<std::size_t>(expected.size(), 5)}) {
    const std::vector<double> found = spectrum(graph, static_cast<int>(count)).values;
    ASSERT_EQ(found.size(), count);
    for (std::size_t at = 0; at < count; ++at) {
      EXPECT_NEAR(found[at], expected[at], 1e-8) << what << ", " << at << " of " << count;
    }
  }
}

// The closed forms of spectral graph theory (Chung, "Spectral graph theory", 1997, chapter 1).

TEST(Spectrum, OfACompleteGraph) {
  for (const std::size_t n : {2U, 7U, 60U}) {
    std::vector<double> expected(n, static_cast<double>(n) / static_cast<double>(n - 1));
    expected[0] = 0;
    expect_values(complete(n), expected, "complete " + std::to_string(n));
    expected.assign(n, 1);
    expected[0] = 0;
    expect_values(complete(n, 1), expected, "complete with loops " + std::to_string(n));
  }
}

TEST(Spectrum, OfACycle) {
  for (const std::size_t n : {5U, 64U}) {
    std::vector<double> expected;
    for (std::size_t j = 0; j < n; ++j) {
      expected.push_back(1 - std::cos(2 * kPi * static_cast<double>(j) / static_cast<double>(n)));
    }
    expect_values(cycle(n), expected, "cycle " + std::to_string(n));
  }
}

TEST(Spectrum, OfAPath) {
  constexpr std::size_t kSize = 60;
  std::vector<double> expected;
  for (std::size_t j = 0; j < kSize; ++j) {
    expected.push_back(1 - std::cos(kPi * static_cast<double>(j) / (kSize - 1)));
  }
  expect_values(graph_of(kSize, [](auto a, auto b) { return b - a == 1 ? 1.0 : 0.0; }), expected,
                "path");
}

TEST(Spectrum, OfACompleteBipartiteGraph) {
  for (const std::uint32_t n : {9U, 90U}) {
    const auto graph = graph_of(n, [](auto a, auto b) { return (a < 4) != (b < 4) ? 1.0 : 0.0; });
    std::vector<double> expected(n, 1);
    expected.front() = 0;
    expected.back() = 2;
    expect_values(graph, expected, "bipartite " + std::to_string(n));
  }
}

TEST(Spectrum, OfAHypercube) {
  constexpr int kDimensions = 6;
  const auto graph = graph_of(1U << kDimensions, [](std::uint32_t a, std::uint32_t b) {
    return std::popcount(a ^ b) == 1 ? 1.0 : 0.0;
  });
  std::vector<double> expected;
  for (std::uint32_t vertex = 0; vertex < 1U << kDimensions; ++vertex) {
    expected.push_back(2.0 * std::popcount(vertex) / kDimensions);
  }
  expect_values(graph, expected, "hypercube");
}

TEST(Spectrum, OfTwoBlocks) {
  constexpr double kWithin = 3;
  constexpr double kAcross = 0.5;
  const auto graph =
      graph_of(80, [](auto a, auto b) { return (a < 40) == (b < 40) ? kWithin : kAcross; });
  std::vector<double> expected(80, 1);
  expected[0] = 0;
  expected[1] = 2 * kAcross / (kWithin + kAcross);
  expect_values(graph, expected, "blocks");
}

TEST(Spectrum, HasAZeroForEveryComponent) {
  // A cycle of six, a complete graph of four, a vertex with an edge to itself alone, and one
  // without.
  std::vector<WeightedEdge> edges{{10, 10, 2}};
  for (std::uint32_t at = 0; at < 6; ++at) edges.push_back({at, (at + 1) % 6, 1});
  for (std::uint32_t a = 6; a < 10; ++a) {
    for (std::uint32_t b = a + 1; b < 10; ++b) edges.push_back({a, b, 1});
  }
  const WeightedGraph graph(12, edges);
  expect_values(graph, {0, 0, 0, 0, 0.5, 0.5, 4.0 / 3, 4.0 / 3, 4.0 / 3, 1.5, 1.5, 2}, "parts");
  EXPECT_TRUE(spectrum(graph, 5).fiedler.empty());
}

// All eigenvalues, by another solver.
std::vector<double> by_eigen(const WeightedGraph& graph) {
  const auto size = static_cast<Eigen::Index>(graph.size());
  Eigen::MatrixXd laplacian = Eigen::MatrixXd::Identity(size, size);
  for (const auto& [a, b, weight] : graph.edges()) {
    const double share = weight / std::sqrt(graph.degrees()[a] * graph.degrees()[b]);
    laplacian(a, b) -= share;
    if (a != b) laplacian(b, a) -= share;
  }
  // Where there are no edges the convention is a zero.
  for (Eigen::Index at = 0; at < size; ++at) {
    if (graph.degrees()[static_cast<std::size_t>(at)] == 0) laplacian(at, at) = 0;
  }
  const Eigen::VectorXd values =
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(laplacian, Eigen::EigenvaluesOnly)
          .eigenvalues();
  return {values.begin(), values.end()};
}

RC_GTEST_PROP(Spectrum, IsThatOfADenseSolver, ()) {
  const auto vertices = *rc::gen::inRange<std::uint32_t>(1, 100);
  const auto count = *rc::gen::inRange<std::size_t>(0, 300);
  std::vector<WeightedEdge> edges;
  for (std::size_t at = 0; at < count; ++at) {
    edges.push_back({*rc::gen::inRange<std::uint32_t>(0, vertices),
                     *rc::gen::inRange<std::uint32_t>(0, vertices),
                     *rc::gen::inRange(1, 1000) / 100.0});
  }
  const WeightedGraph graph(vertices, edges);
  const auto wanted = *rc::gen::inRange<int>(1, static_cast<int>(vertices) + 1);
  const std::vector<double> expected = by_eigen(graph);
  const Spectrum found = spectrum(graph, wanted);
  RC_ASSERT(found.values.size() == static_cast<std::size_t>(wanted));
  for (std::size_t at = 0; at < found.values.size(); ++at) {
    RC_ASSERT(std::abs(found.values[at] - expected[at]) < 1e-7);
  }
  if (!found.fiedler.empty()) {
    const double conductance = sweep_conductance(graph, found.fiedler);
    RC_ASSERT(conductance >= expected[1] / 2 - 1e-9);
    RC_ASSERT(conductance <= std::sqrt(2 * expected[1]) + 1e-9);
  }
}

TEST(Spectrum, RefusesMoreEigenvaluesThanThereAre) {
  EXPECT_THROW(spectrum(cycle(5), 6), UsageError);
  EXPECT_THROW(spectrum(cycle(5), 0), UsageError);
  EXPECT_THROW(spectrum({0, {}}, 1), UsageError);
}

TEST(SweepConductance, IsThatOfTheBestCut) {
  // Two triangles with one edge between them: one edge leaves a side of degree 7.
  const WeightedGraph graph(
      6, {{0, 1, 1}, {1, 2, 1}, {0, 2, 1}, {3, 4, 1}, {4, 5, 1}, {3, 5, 1}, {2, 3, 1}});
  EXPECT_DOUBLE_EQ(sweep_conductance(graph, spectrum(graph, 2).fiedler), 1.0 / 7);
  EXPECT_DOUBLE_EQ(sweep_conductance(graph, {0, 1, 2, 3, 4, 5}), 1.0 / 7);
  EXPECT_GT(sweep_conductance(graph, {0, 2, 4, 1, 3, 5}), 1.0 / 7);
}

TEST(SweepConductance, IsZeroForAGraphInParts) {
  EXPECT_EQ(sweep_conductance({4, {{0, 1, 1}, {2, 3, 1}}}, {0, 2, 1, 3}), 0);
}

TEST(SweepConductance, RefusesAnOrderOfOtherVertices) {
  EXPECT_THROW(sweep_conductance(cycle(5), {1, 2, 3}), UsageError);
}

}  // namespace
}  // namespace inflow
