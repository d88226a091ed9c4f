#pragma once

#include <cstdint>
#include <memory>

#include "inflow/pipeline/overlap.hpp"
#include "inflow/pipeline/source.hpp"

namespace inflow {

// Labeled samples that are never trained on: part of the training source, or a set of their own.
struct HoldoutOptions {
  double share = 0;
  int per_class = 0;
  PartOptions source{.type = "none", .options = {}};
  int train_per_class = 0;
  std::uint64_t seed = 0;
  std::int64_t every = 0;

  // Whether a part of the training source is held out, and whether any set is.
  bool divides() const { return share > 0 || per_class > 0; }
  bool wanted() const { return divides() || source.type != "none"; }

  void describe(auto& visitor) {
    visitor("share", share, kProbability,
            "Share of the training source that is held out, of each class to the nearest sample");
    visitor("per_class", per_class, Between{0, 1 << 30},
            "Samples of each class that are held out, instead of a share");
    visitor("source", source, optional_source(),
            "A set to hold out instead; it may share no sample with the training source");
    visitor("train_per_class", train_per_class, Between{0, 1 << 30},
            "Samples of each class that are trained on, of those not held out; 0: all");
    visitor("seed", seed, "Key of these draws");
    visitor("every", every, Between{0, 1e12},
            "Steps between two evaluations on what is held out; 0: as many as an epoch has");
  }
};

// What is trained on, and what is held out; null if nothing is.
struct DividedSource {
  std::shared_ptr<const Source> train;
  std::shared_ptr<const Source> held_out;
};

// Draws the parts: functions of labels and options alone, each class by itself (samples without
// labels count as one), and disjoint in the identities of samples, so that no copy of a held-out
// image is trained on. Throws UsageError where
// options contradict each other, where a class has too few samples to hold out and train on, or
// where there are copies of one image in both parts.
DividedSource divide(const DescribedSource& source, const HoldoutOptions& options);

// Throws InputError that begins with `key` for a source without classes, and for a sample without a
// label.
void require_labels(const Source& source, std::string_view key);

}  // namespace inflow
