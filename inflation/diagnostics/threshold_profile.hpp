#pragma once

#include <cstddef>
#include <vector>

#include <ATen/core/Tensor.h>

namespace inflow {

// How images hang together at every threshold of their similarity at once: the edges of a maximum
// spanning tree, the most similar first.
struct ThresholdProfile {
  // Two parts become one at `similarity`; the largest part then has so many images.
  struct Join {
    double similarity = 0;
    std::size_t largest = 0;
    bool operator==(const Join&) const = default;
  };

  std::size_t images = 0;
  std::vector<Join> joins;

  // Of the graph whose edges are pairs more similar than that.
  std::size_t components(double threshold) const;

  // The greatest similarity at which the pairs that have it, or more, make one part of at least
  // this share of the images; throws UsageError unless it is in 0 .. 1.
  double bottleneck(double share) const;
};

// `similarities`: n x n, floating; what is above the diagonal counts. Takes about 100 bytes a pair.
// Throws UsageError for other shapes, for values that are not finite, and for n = 0.
ThresholdProfile threshold_profile(const at::Tensor& similarities);

}  // namespace inflow
