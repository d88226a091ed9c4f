#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "inflow/inflation/diagnostics/embedded_views.hpp"

namespace inflow {

// How much images overlap by their views: the greatest cosine of a view of the one and a view of
// the other, images x images, float32 (the graph of "Chaos is a ladder" connects those above 0.98).
// For threshold_profile(). Throws as validate() does.
at::Tensor overlap(const EmbeddedViews& views);

// Pairs of images that overlap by more than a threshold.
struct OverlappingPairs {
  std::int64_t within = 0;  // of one class
  std::int64_t across = 0;  // of two

  std::int64_t all() const { return within + across; }
  double homophily() const;  // the share within classes; 0 without pairs
};

// `labels`: int64, of the images.
OverlappingPairs overlapping_pairs(const at::Tensor& overlaps, const at::Tensor& labels,
                                   double threshold);

// A label for every image: its own, or where that is -1 the one of the labeled image it overlaps
// most, the first of several; which is a guess. Throws UsageError where no image has one.
at::Tensor nearest_labels(const at::Tensor& overlaps, const at::Tensor& labels);

}  // namespace inflow
