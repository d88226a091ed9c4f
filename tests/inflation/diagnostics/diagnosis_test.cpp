#include "inflow/inflation/diagnostics/diagnosis.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflation/diagnostics/drawn_views.hpp"
#include "inflow/inflation/diagnostics/confusion.hpp"
#include "inflow/inflation/diagnostics/error_bound.hpp"
#include "inflow/inflation/diagnostics/geometry.hpp"
#include "inflow/inflation/diagnostics/overlap.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

using support::drawn_views;
using support::kDimensions;
using support::kImages;
using support::kViews;

TEST(Diagnose, SaysWhatEachMeasureSays) {
  const EmbeddedViews views = drawn_views(0.8);
  const Diagnosis found = diagnose(views, {.threshold = 0.9});
  EXPECT_EQ(found.images, kImages);
  EXPECT_EQ(found.views, kViews);
  EXPECT_EQ(found.alignment, alignment(views));
  EXPECT_EQ(found.uniformity, uniformity(views));
  EXPECT_EQ(found.effective_rank, effective_rank(views));
  EXPECT_EQ(found.confusion_rate, confusion_rate(views));
  EXPECT_EQ(found.components, threshold_profile(overlap(views)).components(0.9));
  EXPECT_LT(found.components, static_cast<std::size_t>(kImages));
  EXPECT_EQ(found.bottleneck, threshold_profile(overlap(views)).bottleneck(0.9));
  const WeightedGraph graph = view_graph(views);
  EXPECT_EQ(found.spectrum.values, spectrum(graph, 21).values);
  EXPECT_EQ(found.view_components, 1U);
  EXPECT_EQ(found.spectrum.components, 1U);
  EXPECT_EQ(found.core_images, kImages);

  ASSERT_TRUE(found.labeled);
  EXPECT_EQ(found.labeled->labeling_error, neighbor_label_error(views));
  std::vector<std::int64_t> labels;
  for (std::int64_t at = 0; at < kImages * kViews; ++at) labels.push_back(at / kViews % 3);
  EXPECT_EQ(found.labeled->disagreement, disagreement(graph, labels));
  ASSERT_EQ(found.labeled->connections.size(), 2U);
  for (const auto& [dimensions, eigenvalue, score, bound] : found.labeled->connections) {
    EXPECT_EQ(eigenvalue, found.spectrum.values[static_cast<std::size_t>(dimensions)]);
    EXPECT_EQ(score, found.labeled->disagreement / eigenvalue);
    EXPECT_EQ(bound, error_bound({.labeling_error = found.labeled->labeling_error,
                                  .disagreement = found.labeled->disagreement,
                                  .eigenvalue = eigenvalue}));
  }
  EXPECT_EQ(found.labeled->connections.front().dimensions, 3);
  EXPECT_EQ(found.labeled->connections.back().dimensions, 6);
}

// Image 5 lies where no other does.
EmbeddedViews with_one_apart() {
  EmbeddedViews views = drawn_views(0.8);
  views.values = at::constant_pad_nd(views.values, {0, 1});
  views.values.select(0, 5).select(1, kDimensions).fill_(100);
  return views;
}

TEST(Diagnose, SeesTheGraphOfViewsWithoutWhatLiesApart) {
  const EmbeddedViews views = with_one_apart();
  const Diagnosis found = diagnose(views);
  EXPECT_EQ(found.view_components, 2U);
  EXPECT_EQ(found.core_images, kImages - 1);
  EXPECT_EQ(found.spectrum.components, 1U);

  std::vector<std::int64_t> images;
  std::vector<std::uint32_t> vertices;
  std::vector<std::int64_t> labels;
  for (std::int64_t image = 0; image < kImages; ++image) {
    if (image == 5) continue;
    images.push_back(image);
    for (std::int64_t view = 0; view < kViews; ++view) {
      vertices.push_back(static_cast<std::uint32_t>(image * kViews + view));
      labels.push_back(image % 3);
    }
  }
  const WeightedGraph core = subgraph(view_graph(views), vertices);
  EXPECT_EQ(found.spectrum.values, spectrum(core, 21).values);
  EXPECT_EQ(found.conductance, sweep_conductance(core, found.spectrum.fiedler));
  EXPECT_EQ(found.labeled->disagreement, disagreement(core, labels));
  const at::Tensor within = at::tensor(images);
  EXPECT_EQ(found.labeled->labeling_error,
            neighbor_label_error({.values = views.values.index_select(0, within),
                                  .labels = views.labels.index_select(0, within)}));
}

TEST(Diagnose, SeesAllOfTheGraphOfViewsIfAsked) {
  const EmbeddedViews views = with_one_apart();
  const Diagnosis found = diagnose(views, {.core = 0});
  EXPECT_EQ(found.core_images, kImages);
  EXPECT_EQ(found.spectrum.components, 2U);
  EXPECT_EQ(found.spectrum.values, spectrum(view_graph(views), 21).values);
  EXPECT_EQ(found.conductance, 0);
}

TEST(Diagnose, FindsAsManyEigenvaluesAsTheClassesAskFor) {
  EXPECT_EQ(diagnose(drawn_views(0.8), {.eigenvalues = 2}).spectrum.values.size(), 7U);
}

TEST(Diagnose, LeavesOutWhatNeedsLabels) {
  EmbeddedViews views = drawn_views(0.8);
  views.labels = at::Tensor();
  const Diagnosis found = diagnose(views);
  EXPECT_FALSE(found.labeled);
  EXPECT_FALSE(nlohmann::json::parse(to_json(found)).contains("labeled"));
}

TEST(Diagnose, RefusesLabelsOfOneClassAndMoreEigenvaluesThanViews) {
  EmbeddedViews views = drawn_views(0.8);
  EXPECT_THROW(diagnose(views, {.eigenvalues = 100}), UsageError);
  views.labels = at::full_like(views.labels, 0);
  EXPECT_THROW(diagnose(views), UsageError);
}

TEST(Diagnose, IsWrittenAsJson) {
  Diagnosis found = diagnose(drawn_views(0.8));
  found.labeled->connections[0].bound = std::numeric_limits<double>::infinity();
  const nlohmann::json json = nlohmann::json::parse(to_json(found));
  EXPECT_EQ(json.at("images"), kImages);
  EXPECT_EQ(json.at("graph").at("components"), found.view_components);
  EXPECT_EQ(json.at("graph").at("core").at("images"), found.core_images);
  EXPECT_EQ(json.at("graph").at("core").at("components"), found.spectrum.components);
  EXPECT_EQ(json.at("graph").at("eigenvalues"), found.spectrum.values);
  EXPECT_EQ(json.at("overlap").at("components"), found.components);
  const nlohmann::json& connections = json.at("labeled").at("connections");
  EXPECT_TRUE(connections[0].at("bound").is_null());
  EXPECT_EQ(connections[1].at("bound"), found.labeled->connections[1].bound);
}

}  // namespace
}  // namespace inflow
