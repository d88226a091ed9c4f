#pragma once

#include <cstddef>
#include <vector>

#include "inflow/inflation/diagnostics/weighted_graph.hpp"

namespace inflow {

// The lowest eigenvalues of a graph's normalized Laplacian I - D^(-1/2) A D^(-1/2), ascending, from
// lambda_1 = 0 on; all lie in 0 .. 2. There are as many zeros as components: those are counted, the
// others are found by Spectra, each to 1e-8. A vertex without edges is a component. What is
// returned for lambda_(k+1) is how well the views of an augmentation graph hang together for
// representations of k dimensions (HaoChen et al., "Provable guarantees for self-supervised deep
// learning with spectral contrastive loss", NeurIPS 2021).
struct Spectrum {
  std::vector<double> values;
  std::size_t components = 0;  // of the graph
  // The eigenvector of lambda_2, divided by the root of each degree; empty unless the graph hangs
  // together.
  std::vector<double> fiedler;
};

// Throws UsageError for a `count` that is not in 1 .. graph.size(), and RuntimeError if an
// eigenvalue is not found to that precision.
Spectrum spectrum(const WeightedGraph& graph, int count);

// The least conductance of the cuts that part the vertices by their place in `order`: what leaves a
// side, over the smaller sum of degrees. 0 for a graph in parts. By Cheeger's inequality
// lambda_2 / 2 <= conductance <= sqrt(2 lambda_2) where the order is that of `fiedler`.
double sweep_conductance(const WeightedGraph& graph, const std::vector<double>& order);

}  // namespace inflow
