#include "inflow/inflation/diagnostics/diagnosis.hpp"

#include <algorithm>
#include <cmath>

#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <nlohmann/json.hpp>

#include "inflow/inflation/diagnostics/confusion.hpp"
#include "inflow/inflation/diagnostics/error_bound.hpp"
#include "inflow/inflation/diagnostics/geometry.hpp"
#include "inflow/inflation/diagnostics/overlap.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

int classes_of(const at::Tensor& labels) {
  const auto classes = static_cast<int>(labels.max().item<std::int64_t>()) + 1;
  if (classes < 2) throw UsageError("labels must be of two classes at least");
  return classes;
}

std::vector<std::int64_t> labels_of_views(const EmbeddedViews& views) {
  const at::Tensor all = views.labels.repeat_interleave(views.values.size(1)).contiguous();
  const auto* const first = all.const_data_ptr<std::int64_t>();
  return {first, first + all.numel()};
}

// Images of the graph of views, each of them whole, with the edges between their views.
struct Core {
  at::Tensor images;
  WeightedGraph graph;
};

Core core_of(const WeightedGraph& graph, const Components& parts, std::int64_t views,
             double share) {
  const std::vector<std::uint32_t> vertices = parts.core(share);
  std::vector<std::int64_t> images;
  for (std::size_t at = 0; at < vertices.size(); at += static_cast<std::size_t>(views)) {
    images.push_back(vertices[at] / views);
  }
  return {.images = at::tensor(images), .graph = subgraph(graph, vertices)};
}

Diagnosis::Labeled with_labels(const EmbeddedViews& views, const at::Tensor& overlaps,
                               const Core& core, const Diagnosis& found, int classes) {
  const at::Tensor labels = nearest_labels(overlaps, views.labels);
  const EmbeddedViews within{.values = views.values.index_select(0, core.images),
                             .labels = labels.index_select(0, core.images)};
  const OverlappingPairs pairs = overlapping_pairs(overlaps, labels, found.threshold);
  Diagnosis::Labeled labeled{.within = pairs.within,
                             .across = pairs.across,
                             .homophily = pairs.homophily(),
                             .labeling_error = neighbor_label_error(within),
                             .disagreement = disagreement(core.graph, labels_of_views(within))};
  for (const int dimensions : {classes, 2 * classes}) {
    const double eigenvalue = found.spectrum.values[static_cast<std::size_t>(dimensions)];
    labeled.connections.push_back(
        {.dimensions = dimensions,
         .eigenvalue = eigenvalue,
         .score = labeled.disagreement > 0 ? labeled.disagreement / eigenvalue : 0,
         .bound = error_bound({.labeling_error = labeled.labeling_error,
                               .disagreement = labeled.disagreement,
                               .eigenvalue = eigenvalue})});
  }
  return labeled;
}

nlohmann::json number(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

nlohmann::json json_of(const Diagnosis::Labeled& labeled) {
  nlohmann::json connections = nlohmann::json::array();
  for (const Diagnosis::Connection& connection : labeled.connections) {
    connections.push_back({{"dimensions", connection.dimensions},
                           {"eigenvalue", connection.eigenvalue},
                           {"score", number(connection.score)},
                           {"bound", number(connection.bound)}});
  }
  return {{"pairs_within_classes", labeled.within}, {"pairs_across_classes", labeled.across},
          {"homophily", labeled.homophily},         {"labeling_error", labeled.labeling_error},
          {"disagreement", labeled.disagreement},   {"connections", connections}};
}

}  // namespace

Diagnosis diagnose(const EmbeddedViews& views, const DiagnosisOptions& options) {
  validate(views);
  const int classes = views.labels.defined() ? classes_of(views.labels) : 0;
  const at::Tensor overlaps = overlap(views);
  const WeightedGraph graph = view_graph(views, options.graph);
  const Components parts = components(graph);
  const Core core = core_of(graph, parts, views.values.size(1), options.core);
  Diagnosis found{.images = views.values.size(0),
                  .views = views.values.size(1),
                  .alignment = alignment(views),
                  .uniformity = uniformity(views),
                  .effective_rank = effective_rank(views),
                  .confusion_rate = confusion_rate(views),
                  .profile = threshold_profile(overlaps),
                  .threshold = options.threshold,
                  .view_components = parts.count,
                  .core_images = core.images.size(0),
                  .spectrum = spectrum(core.graph, std::max(options.eigenvalues, 2 * classes + 1))};
  found.components = found.profile.components(options.threshold);
  found.bottleneck = found.profile.bottleneck(0.9);
  if (found.spectrum.components == 1) {
    found.conductance = sweep_conductance(core.graph, found.spectrum.fiedler);
  }
  if (classes > 0) found.labeled = with_labels(views, overlaps, core, found, classes);
  return found;
}

std::string to_json(const Diagnosis& diagnosis) {
  nlohmann::ordered_json all{
      {"images", diagnosis.images},
      {"views", diagnosis.views},
      {"alignment", diagnosis.alignment},
      {"uniformity", number(diagnosis.uniformity)},
      {"effective_rank", diagnosis.effective_rank},
      {"confusion_rate", diagnosis.confusion_rate},
      {"overlap",
       {{"threshold", diagnosis.threshold},
        {"components", diagnosis.components},
        {"bottleneck", number(diagnosis.bottleneck)}}},
      {"graph",
       {{"components", diagnosis.view_components},
        {"core",
         {{"images", diagnosis.core_images}, {"components", diagnosis.spectrum.components}}},
        {"conductance", diagnosis.conductance},
        {"eigenvalues", diagnosis.spectrum.values}}}};
  if (diagnosis.labeled) all["labeled"] = json_of(*diagnosis.labeled);
  return all.dump(2) + "\n";
}

}  // namespace inflow
