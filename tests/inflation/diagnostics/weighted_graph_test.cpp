#include "inflow/inflation/diagnostics/weighted_graph.hpp"

#include <limits>

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

}  // namespace
}  // namespace inflow
