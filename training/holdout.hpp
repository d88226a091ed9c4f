#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

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

  // Whether a part of the training source is held out, or a set of its own, or any of the two.
  bool divides() const { return share > 0 || per_class > 0; }
  bool has_source() const { return source.type != "none"; }
  bool wanted() const { return divides() || has_source(); }

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
// image is trained on; or opens what is held out. Throws as that does, and UsageError where options
// contradict each other, where a class has too few samples to hold out and train on, or where the
// two parts are known to share an image.
DividedSource divide(const DescribedSource& source, const HoldoutOptions& options);

// Throws UsageError that names two sources by their keys where they are known to share a sample
// (shared_sample).
void require_disjoint(std::string_view key, const DescribedSource& source,
                      std::string_view other_key, const DescribedSource& other);

// Throws UsageError that names a pool within the training source, and `key`, which the set is
// called by, where the pool's generator was trained on images of the set. Hashes these on `threads`
// threads if there is a pool (pool_made_of), and throws as that does.
void require_not_in_pools(std::string_view key, const Source& set, const PartOptions& source,
                          int threads);

// Throws InputError that begins with `key` for a source without classes, and for a sample without a
// label.
void require_labels(const Source& source, std::string_view key);

}  // namespace inflow
