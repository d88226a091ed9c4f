#pragma once

#include <cstdint>
#include <span>

#include "inflow/inflation/diagnostics/weighted_graph.hpp"

namespace inflow {

// The share of positive pairs whose views have different labels, of an augmentation graph whose
// weights are the probabilities of pairs: phi. At most twice the share of views whose label is not
// that of their image. Throws UsageError unless there is a label for every vertex, and for a graph
// without edges.
double disagreement(const WeightedGraph& graph, std::span<const std::int64_t> labels);

struct ErrorBoundTerms {
  double labeling_error = 0;  // alpha: the share of views whose label is not that of their image
  double disagreement = 0;    // phi
  double eigenvalue = 0;      // lambda_(k+1)
  double shift = 0;           // (1 - beta) TV(generated, real)
};

// A bound on the share of images that a linear head on the k lowest eigenvectors of the
// augmentation graph labels wrong, by the votes of their views: 2 (2 phi / lambda_(k+1) + alpha) +
// shift. The leading term, 8 alpha / lambda_(k+1), is that of theorem 4.1 of "Do generated data
// always help contrastive learning?" (Wang, Zhang, Wang, ICLR 2024), the rest has smaller
// constants. May be more than 1, which then says nothing; infinite where the graph falls into more
// than k parts.
double error_bound(const ErrorBoundTerms& terms);

}  // namespace inflow
