#include "inflow/inflation/diagnostics/error_bound.hpp"

#include <string>

#include "inflow/ops/error.hpp"

namespace inflow {

double disagreement(const WeightedGraph& graph, std::span<const std::int64_t> labels) {
  if (labels.size() != graph.size()) {
    throw UsageError("there are " + std::to_string(labels.size()) + " labels for a graph of " +
                     std::to_string(graph.size()) + " vertices");
  }
  if (graph.edges().empty()) throw UsageError("a graph without edges has no pairs");
  double differing = 0;
  for (const auto& [a, b, weight] : graph.edges()) {
    if (labels[a] != labels[b]) differing += 2 * weight;
  }
  return differing / graph.total();
}

double error_bound(const ErrorBoundTerms& terms) {
  const double apart = terms.disagreement > 0 ? 2 * terms.disagreement / terms.eigenvalue : 0;
  return 2 * (apart + terms.labeling_error) + terms.shift;
}

}  // namespace inflow
