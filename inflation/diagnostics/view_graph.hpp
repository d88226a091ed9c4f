#pragma once

#include "inflow/inflation/diagnostics/embedded_views.hpp"
#include "inflow/inflation/diagnostics/weighted_graph.hpp"
#include "inflow/ops/options.hpp"

namespace inflow {

struct ViewGraphOptions {
  int neighbors = 10;
  double own = 0.5;

  void describe(auto& visitor) {
    visitor("neighbors", neighbors, Between{1, 1000},
            "Views are connected that are among so many nearest of each other");
    visitor("own", own, Between{0.01, 1},
            "How much of a view's weight goes to others of its image");
  }
};

// An augmentation graph of views that were drawn, with weights between views that merely lie near
// each other, since hardly two of finitely many are the same: its vertices are the views, those of
// an image one after the other. Views of an image are connected by own / (views - 1), views of
// different images that are among the nearest neighbors of each other by (1 - own) exp(-d^2 / h^2),
// with h the median distance of two views of an image. Where that is 0, only views that are the
// same are near. Throws as validate() does.
WeightedGraph view_graph(const EmbeddedViews& views, const ViewGraphOptions& options = {});

}  // namespace inflow
