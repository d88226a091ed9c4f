#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "inflow/ops/options.hpp"

namespace inflow {

struct MemorizationOptions {
  double quantile = 0.01;
  int pairs = 12;

  void describe(auto& visitor) {
    visitor("quantile", quantile, Between{1e-6, 0.5},
            "A generated sample is a near copy where its nearest real one is as near as this share "
            "of real samples have another real one");
    visitor("pairs", pairs, Between{1, 1000}, "Closest pairs that are listed");
  }
};

// A generated sample and its nearest real one, by their rows or indices.
struct NearPair {
  std::int64_t generated = 0;
  std::int64_t real = 0;
  double distance = 0;

  static void fields(auto& of, auto& visit) {
    visit("generated", of.generated);
    visit("real", of.real);
    visit("distance", of.distance);
  }
};

// How near generated samples come to real ones, beside how near these come to each other.
struct Memorization {
  double threshold = 0;  // the quantile of distances of real samples to their nearest other one
  double share = 0;      // of generated samples whose nearest real one is at most so far
  double baseline = 0;   // of real samples whose nearest other one is
  std::vector<NearPair> closest{};  // the nearest first
  // Quantiles 0, 1/100, ..., 1 of these distances.
  std::vector<double> generated_distances{};
  std::vector<double> real_distances{};

  static void fields(auto& of, auto& visit) {
    visit("threshold", of.threshold);
    visit("share", of.share);
    visit("baseline", of.baseline);
    visit("closest", of.closest);
    visit("generated_distances", of.generated_distances);
    visit("real_distances", of.real_distances);
  }
};

// By Euclidean distances between rows; throws UsageError without a generated one, and for fewer
// than two real ones.
Memorization memorization(const at::Tensor& generated, const at::Tensor& real,
                          const MemorizationOptions& options = {});

}  // namespace inflow
