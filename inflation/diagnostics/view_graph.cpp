#include "inflow/inflation/diagnostics/view_graph.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include "inflow/training/neighbors.hpp"

namespace inflow {
namespace {

// Of two views of an image; the lower of the two in the middle.
double median_distance(const at::Tensor& directions) {
  const std::int64_t each = directions.size(1);
  const at::Tensor products = directions.matmul(directions.transpose(1, 2));
  std::vector<float> cosines;
  const at::Tensor all = products.contiguous();
  const auto rows = all.accessor<float, 3>();
  for (std::int64_t image = 0; image < rows.size(0); ++image) {
    for (std::int64_t a = 0; a < each; ++a) {
      for (std::int64_t b = a + 1; b < each; ++b) cosines.push_back(rows[image][a][b]);
    }
  }
  const auto middle = cosines.begin() + static_cast<std::ptrdiff_t>(cosines.size() / 2);
  std::ranges::nth_element(cosines, middle);
  return std::sqrt(std::max(2 - 2 * double{*middle}, 0.0));
}

double nearness(float cosine, double width) {
  const double squared = std::max(2 - 2 * double{cosine}, 0.0);
  if (squared == 0) return 1;
  return width == 0 ? 0 : std::exp(-squared / (width * width));
}

}  // namespace

WeightedGraph view_graph(const EmbeddedViews& views, const ViewGraphOptions& options) {
  validate(views);
  const at::NoGradGuard no_grad;
  const std::int64_t images = views.values.size(0);
  const std::int64_t each = views.values.size(1);
  const double width = median_distance(directions_of(views.values));

  std::vector<WeightedEdge> edges;
  const auto add = [&](std::int64_t a, std::int64_t b, double weight) {
    if (weight <= 0) return;
    edges.push_back({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b), weight});
  };
  for (std::int64_t image = 0; image < images; ++image) {
    for (std::int64_t a = image * each; a < (image + 1) * each; ++a) {
      for (std::int64_t b = a + 1; b < (image + 1) * each; ++b) {
        add(a, b, options.own / static_cast<double>(each - 1));
      }
    }
  }

  // The nearest that one view names wait for the other to name it, too.
  std::map<std::pair<std::int64_t, std::int64_t>, float> named;
  const at::Tensor rows = views.values.flatten(0, 1);
  each_nearest(rows, rows, options.neighbors + each,
               [&](std::int64_t row, std::span<const Neighbor> nearest) {
                 int others = 0;
                 for (const Neighbor& neighbor : nearest) {
                   if (neighbor.row / each == row / each) continue;
                   if (++others > options.neighbors) return;
                   const std::pair<std::int64_t, std::int64_t> pair =
                       std::minmax(row, neighbor.row);
                   const auto [at, is_first] = named.try_emplace(pair, neighbor.similarity);
                   if (is_first) continue;
                   const float cosine = std::max(at->second, neighbor.similarity);
                   add(pair.first, pair.second, (1 - options.own) * nearness(cosine, width));
                 }
               });
  return {static_cast<std::size_t>(images * each), std::move(edges)};
}

}  // namespace inflow
