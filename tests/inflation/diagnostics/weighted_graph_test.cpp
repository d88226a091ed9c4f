#include "inflow/inflation/diagnostics/weighted_graph.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(WeightedGraph, AddsUpEdgesBetweenTheSameVertices) {
  const WeightedGraph graph(3, {{2, 0, 1.5}, {1, 1, 4}, {0, 2, 0.5}});
  EXPECT_THAT(graph.edges(), ElementsAre(WeightedEdge{0, 2, 2}, WeightedEdge{1, 1, 4}));
}

TEST(WeightedGraph, CountsAnEdgeToItselfOnceForTheDegree) {
  const WeightedGraph graph(3, {{0, 1, 2}, {1, 1, 4}});
  EXPECT_THAT(graph.degrees(), ElementsAre(2, 6, 0));
  EXPECT_EQ(graph.total(), 8);
}

TEST(WeightedGraph, RefusesVerticesThatAreNoneAndWeightsThatAreNotPositive) {
  EXPECT_EQ(support::message_of<UsageError>([] {
              WeightedGraph(3, {{0, 3, 1}});
            }),
            "an edge ends at vertex 3 of a graph of 3");
  for (const double weight : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity()}) {
    EXPECT_THROW(WeightedGraph(3, {{0, 1, weight}}), UsageError) << weight;
  }
}

TEST(Components, AreNumberedByTheirLowestVertices) {
  const Components found = components({6, {{4, 1, 1}, {2, 5, 1}, {5, 3, 1}}});
  EXPECT_EQ(found.count, 3U);
  EXPECT_THAT(found.of, ElementsAre(0, 1, 2, 2, 1, 2));
  EXPECT_EQ(found.largest(), 3U);
}

TEST(Components, AreNoneOfAnEmptyGraph) {
  const Components found = components({0, {}});
  EXPECT_EQ(found.count, 0U);
  EXPECT_THAT(found.of, IsEmpty());
  EXPECT_EQ(found.largest(), 0U);
}

TEST(Components, HaveACoreWithoutSmallOnes) {
  // Parts of 2, 1, 4 and 2 vertices.
  const Components found = components({9, {{0, 3, 1}, {2, 4, 1}, {4, 6, 1}, {2, 8, 1}, {5, 7, 1}}});
  EXPECT_THAT(found.core(1), ElementsAre(2, 4, 6, 8));
  EXPECT_THAT(found.core(0.51), ElementsAre(2, 4, 6, 8));
  EXPECT_THAT(found.core(0.5), ElementsAre(0, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(found.core(0), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(components({0, {}}).core(0.5), IsEmpty());
  EXPECT_THROW(found.core(1.1), UsageError);
  EXPECT_THROW(found.core(std::numeric_limits<double>::quiet_NaN()), UsageError);
}

TEST(Subgraph, HasTheEdgesBetweenItsVerticesByTheirNewNumbers) {
  const WeightedGraph graph(4, {{0, 1, 1}, {1, 3, 2}, {3, 3, 3}, {2, 3, 4}});
  const WeightedGraph found = subgraph(graph, std::vector<std::uint32_t>{3, 1});
  EXPECT_EQ(found.size(), 2U);
  EXPECT_THAT(found.edges(), ElementsAre(WeightedEdge{0, 0, 3}, WeightedEdge{0, 1, 2}));
}

TEST(Subgraph, RefusesVerticesThatAreNoneOrNamedTwice) {
  const WeightedGraph graph(2, {});
  EXPECT_THROW(subgraph(graph, std::vector<std::uint32_t>{2}), UsageError);
  EXPECT_THROW(subgraph(graph, std::vector<std::uint32_t>{1, 1}), UsageError);
}

}  // namespace
}  // namespace inflow
