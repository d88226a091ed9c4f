#include "inflow/inflation/diagnostics/weighted_graph.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/connected_components.hpp>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

void check(const WeightedEdge& edge, std::size_t vertices) {
  const std::uint32_t last = std::max(edge.a, edge.b);
  if (last >= vertices) {
    throw UsageError("an edge ends at vertex " + std::to_string(last) + " of a graph of " +
                     std::to_string(vertices));
  }
  if (!(edge.weight > 0) || !std::isfinite(edge.weight)) {
    throw UsageError("the weight of an edge must be positive and finite: " +
                     std::to_string(edge.weight));
  }
}

std::vector<WeightedEdge> merged(std::vector<WeightedEdge> edges) {
  for (WeightedEdge& edge : edges) {
    if (edge.a > edge.b) std::swap(edge.a, edge.b);
  }
  // Stable, for sums not to depend on how the library sorts.
  std::ranges::stable_sort(edges, {},
                           [](const WeightedEdge& edge) { return std::pair(edge.a, edge.b); });
  std::vector<WeightedEdge> all;
  for (const WeightedEdge& edge : edges) {
    if (!all.empty() && all.back().a == edge.a && all.back().b == edge.b) {
      all.back().weight += edge.weight;
    } else {
      all.push_back(edge);
    }
  }
  return all;
}

}  // namespace

WeightedGraph::WeightedGraph(std::size_t vertices, std::vector<WeightedEdge> edges)
    : degrees_(vertices) {
  for (const WeightedEdge& edge : edges) check(edge, vertices);
  edges_ = merged(std::move(edges));
  for (const WeightedEdge& edge : edges_) {
    degrees_[edge.a] += edge.weight;
    if (edge.a != edge.b) degrees_[edge.b] += edge.weight;
  }
}

double WeightedGraph::total() const {
  return std::accumulate(degrees_.begin(), degrees_.end(), 0.0);
}

std::size_t Components::largest() const {
  std::vector<std::size_t> sizes(count);
  for (const std::uint32_t component : of) ++sizes[component];
  return sizes.empty() ? 0 : std::ranges::max(sizes);
}

Components components(const WeightedGraph& graph) {
  boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> vertices(graph.size());
  for (const WeightedEdge& edge : graph.edges()) add_edge(edge.a, edge.b, vertices);
  Components found{.of = std::vector<std::uint32_t>(graph.size())};
  found.count = boost::connected_components(vertices, found.of.data());
  return found;
}

}  // namespace inflow
