#include "inflow/inflation/diagnostics/weighted_graph.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
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

std::vector<std::size_t> sizes_of(const Components& components) {
  std::vector<std::size_t> sizes(components.count);
  for (const std::uint32_t component : components.of) ++sizes[component];
  return sizes;
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
  const std::vector<std::size_t> sizes = sizes_of(*this);
  return sizes.empty() ? 0 : std::ranges::max(sizes);
}

std::vector<std::uint32_t> Components::core(double share) const {
  if (!(share >= 0 && share <= 1)) {
    throw UsageError("a share of vertices must be in 0 .. 1: " + std::to_string(share));
  }
  const std::vector<std::size_t> sizes = sizes_of(*this);
  const double least = share * static_cast<double>(largest());
  std::vector<std::uint32_t> vertices;
  for (std::uint32_t vertex = 0; vertex < of.size(); ++vertex) {
    if (static_cast<double>(sizes[of[vertex]]) >= least) vertices.push_back(vertex);
  }
  return vertices;
}

Components components(const WeightedGraph& graph) {
  boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> vertices(graph.size());
  for (const WeightedEdge& edge : graph.edges()) add_edge(edge.a, edge.b, vertices);
  Components found{.of = std::vector<std::uint32_t>(graph.size())};
  found.count = boost::connected_components(vertices, found.of.data());
  return found;
}

WeightedGraph subgraph(const WeightedGraph& graph, std::span<const std::uint32_t> vertices) {
  constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> numbers(graph.size(), kNone);
  for (std::uint32_t at = 0; at < vertices.size(); ++at) {
    const std::uint32_t vertex = vertices[at];
    if (vertex >= graph.size() || numbers[vertex] != kNone) {
      throw UsageError("vertex " + std::to_string(vertex) + " of a graph of " +
                       std::to_string(graph.size()) + " is none, or was named before");
    }
    numbers[vertex] = at;
  }
  std::vector<WeightedEdge> edges;
  for (const auto& [a, b, weight] : graph.edges()) {
    if (numbers[a] != kNone && numbers[b] != kNone)
      edges.push_back({numbers[a], numbers[b], weight});
  }
  return {vertices.size(), std::move(edges)};
}

}  // namespace inflow
