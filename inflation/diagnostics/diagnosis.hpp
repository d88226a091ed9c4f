#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inflow/inflation/diagnostics/embedded_views.hpp"
#include "inflow/inflation/diagnostics/spectrum.hpp"
#include "inflow/inflation/diagnostics/threshold_profile.hpp"
#include "inflow/inflation/diagnostics/view_graph.hpp"
#include "inflow/ops/options.hpp"

namespace inflow {

struct DiagnosisOptions {
  ViewGraphOptions graph{};
  double core = 0.1;
  double threshold = 0.98;
  int eigenvalues = 21;

  void describe(auto& visitor) {
    visitor("graph", graph, "How views are connected whose spectrum is asked for");
    visitor("core", core, kProbability,
            "That spectrum is the one of the graph without its small parts, which have less than "
            "such a share of the images of the largest");
    visitor("threshold", threshold, Between{-1, 1},
            "Images overlap that have two views more similar than that");
    visitor("eigenvalues", eigenvalues, Between{2, 1000},
            "Lowest eigenvalues to find; with labels at least one more than twice the classes");
  }
};

// What is said of an augmentation by the views it made of some images, in one embedding. What needs
// labels is left out without.
struct Diagnosis {
  std::int64_t images = 0;
  std::int64_t views = 0;  // of each
  double alignment = 0;
  double uniformity = 0;
  double effective_rank = 0;
  double confusion_rate = 0;

  // Of the graph of images that overlap.
  ThresholdProfile profile;
  double threshold = 0;
  std::size_t components = 0;
  double bottleneck = 0;  // at which nine tenths of the images hang together

  // Of the graph of views, and of its core, which is without small parts: whole images, since views
  // of one hang together. Some images have no neighbors, each of which makes an eigenvalue 0.
  std::size_t view_components = 0;
  std::int64_t core_images = 0;
  Spectrum spectrum;  // of the core
  double conductance = 0;

  // For a number of dimensions: lambda_(k+1), phi / lambda_(k+1), and the bound of error_bound(),
  // all of the core.
  struct Connection {
    int dimensions = 0;
    double eigenvalue = 0;
    double score = 0;
    double bound = 0;
  };
  struct Labeled {
    std::int64_t within = 0;  // overlapping pairs of images of one class
    std::int64_t across = 0;  // and of two
    double homophily = 0;
    double labeling_error = 0;              // neighbor_label_error() within the core
    double disagreement = 0;                // of pairs of views of the core
    std::vector<Connection> connections{};  // for as many dimensions as classes, and twice as many
  };
  std::optional<Labeled> labeled{};
};

// Throws as validate() does, and UsageError for more eigenvalues than the core has views. With
// labels there must be two classes at least; images without one are given one by nearest_labels().
Diagnosis diagnose(const EmbeddedViews& views, const DiagnosisOptions& options = {});

// Numbers that are not finite are null.
std::string to_json(const Diagnosis& diagnosis);

}  // namespace inflow
