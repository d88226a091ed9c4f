#include "inflow/inflation/diagnostics/spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>

#include <Eigen/Eigenvalues>
#include <Spectra/SymEigsSolver.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

constexpr double kPrecision = 1e-8;

// D^(-1/2) A D^(-1/2), whose known eigenvectors, one of eigenvalue 1 for each component, are moved
// to -2, below all others: at -1 they would mix with those of a bipartite graph. For Spectra.
class NormalizedAdjacency {
 public:
  using Scalar = double;

  explicit NormalizedAdjacency(const WeightedGraph& graph)
      : edges_(graph.edges().begin(), graph.edges().end()),
        components_(components(graph)),
        known_(static_cast<Eigen::Index>(graph.size())) {
    const auto degrees = graph.degrees();
    for (WeightedEdge& edge : edges_) {
      edge.weight /= std::sqrt(degrees[edge.a]) * std::sqrt(degrees[edge.b]);
    }
    std::vector<double> sums(components_.count);
    for (std::size_t at = 0; at < graph.size(); ++at) sums[components_.of[at]] += degrees[at];
    for (std::size_t at = 0; at < graph.size(); ++at) {
      const double sum = sums[components_.of[at]];
      known_(static_cast<Eigen::Index>(at)) = sum > 0 ? std::sqrt(degrees[at] / sum) : 1;
    }
  }

  Eigen::Index rows() const { return known_.size(); }
  Eigen::Index cols() const { return known_.size(); }
  std::size_t component_count() const { return components_.count; }

  // Vectors of length 1, at right angles, in columns.
  void move_away(const Eigen::MatrixXd& vectors) {
    found_.conservativeResize(rows(), found_.cols() + vectors.cols());
    found_.rightCols(vectors.cols()) = vectors;
  }

  void perform_op(const double* in, double* out) const {
    const Eigen::Map<const Eigen::VectorXd> x(in, rows());
    Eigen::Map<Eigen::VectorXd> y(out, rows());
    y = product(x);
    std::vector<double> shares(components_.count);
    for (Eigen::Index at = 0; at < rows(); ++at) shares[component(at)] += known_(at) * x(at);
    for (Eigen::Index at = 0; at < rows(); ++at) y(at) -= 3 * shares[component(at)] * known_(at);
    if (found_.cols() > 0) y -= 3 * (found_ * (found_.transpose() * x));
  }

  Eigen::VectorXd product(const Eigen::VectorXd& x) const {
    Eigen::VectorXd y = Eigen::VectorXd::Zero(rows());
    for (const auto& [a, b, weight] : edges_) {
      y(a) += weight * x(b);
      if (a != b) y(b) += weight * x(a);
    }
    return y;
  }

 private:
  std::uint32_t component(Eigen::Index at) const {
    return components_.of[static_cast<std::size_t>(at)];
  }

  std::vector<WeightedEdge> edges_;
  Components components_;
  Eigen::VectorXd known_;
  Eigen::MatrixXd found_;
};

// Largest first, with their vectors in columns.
struct Eigenpairs {
  Eigen::VectorXd values;
  Eigen::MatrixXd vectors;
};

Eigenpairs from_all(const NormalizedAdjacency& adjacency, Eigen::Index wanted) {
  Eigen::MatrixXd all = Eigen::MatrixXd::Identity(adjacency.rows(), adjacency.rows());
  for (Eigen::Index at = 0; at < all.cols(); ++at) {
    const Eigen::VectorXd unit = all.col(at);
    adjacency.perform_op(unit.data(), all.col(at).data());
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(all);
  return {.values = solver.eigenvalues().reverse().head(wanted),
          .vectors = solver.eigenvectors().rowwise().reverse().leftCols(wanted)};
}

Eigenpairs from_spectra(NormalizedAdjacency& adjacency, Eigen::Index wanted, Eigen::Index kept) {
  constexpr int kMostRounds = 10'000;
  Spectra::SymEigsSolver solver(adjacency, wanted, kept);
  solver.init();
  solver.compute(Spectra::SortRule::LargestAlge, kMostRounds, kPrecision / 10,
                 Spectra::SortRule::LargestAlge);
  if (solver.info() != Spectra::CompInfo::Successful) {
    throw RuntimeError("eigenvalues of a graph of " + std::to_string(adjacency.rows()) +
                       " vertices were not found within " + std::to_string(kMostRounds) +
                       " rounds");
  }
  return {.values = solver.eigenvalues(), .vectors = solver.eigenvectors()};
}

// Puts one pair in its place; the least falls out.
void insert(const Eigenpairs& one, Eigenpairs& found) {
  Eigen::Index at = found.values.size() - 1;
  for (; at > 0 && found.values(at - 1) < one.values(0); --at) {
    found.values(at) = found.values(at - 1);
    found.vectors.col(at) = found.vectors.col(at - 1);
  }
  found.values(at) = one.values(0);
  found.vectors.col(at) = one.vectors.col(0);
}

// Lanczos' method may miss eigenvalues that are equal, since it begins with one vector, which has
// one direction of each eigenspace. So it looks again beside what was found until nothing was
// missed. Spectra is for graphs that are larger than the space that it keeps.
Eigenpairs largest(NormalizedAdjacency& adjacency, Eigen::Index wanted) {
  constexpr Eigen::Index kLeastKept = 40;
  const Eigen::Index kept = std::max(2 * wanted + 1, kLeastKept);
  if (kept >= adjacency.rows()) return from_all(adjacency, wanted);
  Eigenpairs found = from_spectra(adjacency, wanted, kept);
  adjacency.move_away(found.vectors);
  for (;;) {
    const Eigenpairs next = from_spectra(adjacency, 1, kept);
    if (next.values(0) <= found.values(wanted - 1) + kPrecision) return found;
    adjacency.move_away(next.vectors);
    insert(next, found);
  }
}

void check(const NormalizedAdjacency& adjacency, const Eigenpairs& found) {
  for (Eigen::Index at = 0; at < found.values.size(); ++at) {
    const Eigen::VectorXd vector = found.vectors.col(at);
    const double left = (adjacency.product(vector) - found.values(at) * vector).norm();
    if (left < kPrecision) continue;
    throw RuntimeError("an eigenvalue of a graph of " + std::to_string(adjacency.rows()) +
                       " vertices is only known to " + std::to_string(left));
  }
}

}  // namespace

Spectrum spectrum(const WeightedGraph& graph, int count) {
  const auto size = static_cast<int>(graph.size());
  if (count < 1 || count > size) {
    throw UsageError("a graph of " + std::to_string(size) + " vertices has no " +
                     std::to_string(count) + " eigenvalues");
  }
  NormalizedAdjacency adjacency(graph);
  Spectrum found{.values = {}, .components = adjacency.component_count(), .fiedler = {}};
  found.values.assign(std::min(static_cast<std::size_t>(count), found.components), 0.0);
  const auto wanted =
      static_cast<Eigen::Index>(count) - static_cast<Eigen::Index>(found.values.size());
  if (wanted == 0) return found;
  const Eigenpairs pairs = largest(adjacency, wanted);
  check(adjacency, pairs);
  for (const double value : pairs.values) found.values.push_back(std::max(1 - value, 0.0));
  if (found.components == 1) {
    found.fiedler.resize(graph.size());
    for (std::size_t at = 0; at < graph.size(); ++at) {
      found.fiedler[at] =
          pairs.vectors(static_cast<Eigen::Index>(at), 0) / std::sqrt(graph.degrees()[at]);
    }
  }
  return found;
}

double sweep_conductance(const WeightedGraph& graph, const std::vector<double>& order) {
  if (order.size() != graph.size() || order.size() < 2) {
    throw UsageError("an order of " + std::to_string(order.size()) +
                     " places cannot part a graph of " + std::to_string(graph.size()));
  }
  std::vector<std::uint32_t> sorted(graph.size());
  std::iota(sorted.begin(), sorted.end(), 0U);
  std::ranges::stable_sort(sorted, {}, [&](std::uint32_t vertex) { return order[vertex]; });
  std::vector<std::size_t> place(graph.size());
  for (std::size_t at = 0; at < sorted.size(); ++at) place[sorted[at]] = at;

  // What the cut behind each place gains: edges begin to cross it at their first end, and cease to
  // at their second.
  std::vector<double> change(graph.size());
  for (const auto& [a, b, weight] : graph.edges()) {
    change[std::min(place[a], place[b])] += weight;
    change[std::max(place[a], place[b])] -= weight;
  }
  const double total = graph.total();
  double least = 1;
  double crossing = 0;
  double before = 0;
  for (std::size_t at = 0; at + 1 < sorted.size(); ++at) {
    crossing += change[at];
    before += graph.degrees()[sorted[at]];
    const double smaller = std::min(before, total - before);
    if (smaller > 0) least = std::min(least, std::max(crossing, 0.0) / smaller);
  }
  return components(graph).count > 1 ? 0 : least;
}

}  // namespace inflow
