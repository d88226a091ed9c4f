#include "inflow/inflation/diagnostics/threshold_profile.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <sstream>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/kruskal_min_spanning_tree.hpp>
#include <boost/pending/disjoint_sets.hpp>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

using Pairs =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                          boost::property<boost::edge_weight_t, double>>;

void check(const at::Tensor& similarities) {
  std::ostringstream message;
  if (similarities.dim() != 2 || similarities.size(0) != similarities.size(1) ||
      similarities.numel() == 0 || !similarities.is_floating_point()) {
    message << "similarities of images must be a square of floating numbers: "
            << similarities.sizes() << " of " << similarities.dtype();
  } else if (!similarities.isfinite().all().item<bool>()) {
    message << "similarities of images must be finite";
  } else {
    return;
  }
  throw UsageError(message.str());
}

// Weights are turned round: the tree of the least is that of the most similar.
Pairs pairs_of(const at::Tensor& similarities) {
  const at::Tensor values = similarities.to(at::kDouble).contiguous();
  const auto rows = values.accessor<double, 2>();
  Pairs pairs(static_cast<std::size_t>(rows.size(0)));
  for (std::int64_t a = 0; a < rows.size(0); ++a) {
    for (std::int64_t b = a + 1; b < rows.size(0); ++b) {
      add_edge(static_cast<std::size_t>(a), static_cast<std::size_t>(b), -rows[a][b], pairs);
    }
  }
  return pairs;
}

}  // namespace

std::size_t ThresholdProfile::components(double threshold) const {
  return images - static_cast<std::size_t>(std::ranges::count_if(
                      joins, [&](const Join& join) { return join.similarity > threshold; }));
}

double ThresholdProfile::bottleneck(double share) const {
  if (!(share >= 0 && share <= 1)) {
    throw UsageError("a share of images must be in 0 .. 1: " + std::to_string(share));
  }
  const double wanted = share * static_cast<double>(images);
  if (wanted <= 1) return std::numeric_limits<double>::infinity();
  // All of them are together in the end.
  return std::ranges::find_if(
             joins, [&](const Join& join) { return static_cast<double>(join.largest) >= wanted; })
      ->similarity;
}

ThresholdProfile threshold_profile(const at::Tensor& similarities) {
  check(similarities);
  const Pairs pairs = pairs_of(similarities);
  std::vector<boost::graph_traits<Pairs>::edge_descriptor> tree;
  boost::kruskal_minimum_spanning_tree(pairs, std::back_inserter(tree));

  ThresholdProfile profile{.images = num_vertices(pairs), .joins = {}};
  std::vector<std::size_t> parents(profile.images);
  std::vector<std::size_t> ranks(profile.images);
  std::vector<std::size_t> sizes(profile.images, 1);
  std::iota(parents.begin(), parents.end(), std::size_t{0});
  boost::disjoint_sets parts(ranks.data(), parents.data());
  std::size_t largest = 1;
  for (const auto& edge : tree) {
    const std::size_t a = parts.find_set(source(edge, pairs));
    const std::size_t b = parts.find_set(target(edge, pairs));
    const std::size_t size = sizes[a] + sizes[b];
    parts.link(a, b);
    sizes[parts.find_set(a)] = size;
    largest = std::max(largest, size);
    profile.joins.push_back(
        {.similarity = -get(boost::edge_weight, pairs, edge), .largest = largest});
  }
  return profile;
}

}  // namespace inflow
