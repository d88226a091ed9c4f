#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace inflow {

// Between two vertices, or from one to itself.
struct WeightedEdge {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  double weight = 0;
  bool operator==(const WeightedEdge&) const = default;
};

// An undirected graph whose vertices are 0 .. size() - 1. A value.
class WeightedGraph {
 public:
  // Edges between the same two vertices are one that weighs as much as all of them. Throws
  // UsageError for a vertex that is none, and for a weight that is not positive and finite.
  WeightedGraph(std::size_t vertices, std::vector<WeightedEdge> edges);

  std::size_t size() const { return degrees_.size(); }

  // By their vertices, the lower one first.
  std::span<const WeightedEdge> edges() const { return edges_; }

  // The sum of a vertex' weights, that of an edge to itself once, as rows of the matrix of weights
  // have it: the probability of a view in an augmentation graph.
  std::span<const double> degrees() const { return degrees_; }

  double total() const;  // of the degrees

 private:
  std::vector<WeightedEdge> edges_;
  std::vector<double> degrees_;
};

// Which part of the graph each vertex is in; parts are numbered by their lowest vertices.
struct Components {
  std::vector<std::uint32_t> of;
  std::size_t count = 0;

  std::size_t largest() const;  // vertices of the largest; 0 for none

  // The vertices, ascending, of all parts that have at least this share of those of the largest.
  // Throws UsageError unless it is in 0 .. 1.
  std::vector<std::uint32_t> core(double share) const;
};

Components components(const WeightedGraph& graph);

// These vertices alone, in this order, with the edges between them. Throws UsageError for a vertex
// that is none or comes twice.
WeightedGraph subgraph(const WeightedGraph& graph, std::span<const std::uint32_t> vertices);

}  // namespace inflow
