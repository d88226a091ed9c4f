#include "inflow/training/holdout.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "inflow/pipeline/selection.hpp"

namespace inflow {
namespace {

using Indices = std::vector<std::uint64_t>;

void check(const HoldoutOptions& options) {
  std::vector<Problem> problems;
  const int ways = (options.share > 0 ? 1 : 0) + (options.per_class > 0 ? 1 : 0) +
                   (options.has_source() ? 1 : 0);
  if (ways > 1) {
    problems.push_back({"holdout",
                        "only one of share, per_class and source can say what is held "
                        "out"});
  }
  throw_if_any("the settings contradict each other", problems);
}

Indices held_out(std::span<const std::int32_t> labels, const HoldoutOptions& options) {
  if (options.per_class > 0)
    return per_class(labels, {.count = options.per_class, .seed = options.seed});
  return split(labels, {.fraction = options.share, .seed = options.seed});
}

// What is left of `count` samples without those of an ascending list.
Indices all_but(const Indices& taken, std::uint64_t count) {
  Indices all(count);
  std::iota(all.begin(), all.end(), std::uint64_t{0});
  Indices rest;
  std::ranges::set_difference(all, taken, std::back_inserter(rest));
  return rest;
}

// So many of each class among `indices`.
Indices reduced(const Indices& indices, std::span<const std::int32_t> labels,
                const HoldoutOptions& options) {
  std::vector<std::int32_t> of_indices;
  for (const std::uint64_t index : indices) of_indices.push_back(labels[index]);
  Indices chosen = per_class(of_indices, {.count = options.train_per_class, .seed = options.seed});
  for (std::uint64_t& index : chosen) index = indices[index];
  return chosen;
}

// Throws for a class that has samples, but none among `indices`.
void require_every_class(const Indices& indices, std::span<const std::int32_t> labels,
                         std::span<const std::string> classes, std::string_view what) {
  std::set<std::int32_t> missing(labels.begin(), labels.end());
  missing.erase(-1);
  for (const std::uint64_t index : indices) missing.erase(labels[index]);
  if (missing.empty()) return;
  throw UsageError("holdout leaves no sample of class " +
                   classes[static_cast<std::size_t>(*missing.begin())] + " " + std::string(what));
}

void require_disjoint_parts(const DescribedSource& source, const DividedSource& parts) {
  const auto shared = shared_sample({.settings = source.settings, .source = parts.train},
                                    {.settings = source.settings, .source = parts.held_out});
  if (!shared) return;
  throw UsageError(
      "holdout cannot divide a source that holds an image more than once, such as a mixture with "
      "copies: " +
      *shared + " (give holdout.source, or divide the source before it is copied)");
}

// What is held out of the training source itself, if anything is, and what is left to train on.
DividedSource draw_parts(const DescribedSource& source, const HoldoutOptions& options) {
  if (!options.divides() && options.train_per_class == 0) return {source.source, nullptr};

  const std::vector<std::int32_t> labels = labels_of(*source.source);
  const std::span<const std::string> classes = source.source->classes();
  const Indices held = options.divides() ? held_out(labels, options) : Indices{};
  Indices train = all_but(held, labels.size());
  require_every_class(train, labels, classes, "to train on");
  if (options.train_per_class > 0) train = reduced(train, labels, options);

  DividedSource parts{.train = subset_of(source.source, std::move(train)), .held_out = nullptr};
  if (!options.divides()) return parts;
  require_every_class(held, labels, classes, "to hold out");
  parts.held_out = subset_of(source.source, held);
  require_disjoint_parts(source, parts);
  return parts;
}

}  // namespace

DividedSource divide(const DescribedSource& source, const HoldoutOptions& options) {
  check(options);
  DividedSource parts = draw_parts(source, options);
  if (!options.has_source()) return parts;
  parts.held_out = sources().make(options.source);
  // Samples that are not trained on either may be held out.
  require_disjoint("holdout.source", {options.source, parts.held_out}, "source",
                   {source.settings, parts.train});
  return parts;
}

void require_disjoint(std::string_view key, const DescribedSource& source,
                      std::string_view other_key, const DescribedSource& other) {
  const std::optional<std::string> shared = shared_sample(source, other);
  if (!shared) return;
  throw_if_any(
      "the settings contradict each other",
      std::vector<Problem>{{std::string(key), "shares samples with " + std::string(other_key) +
                                                  ", such as " + *shared}});
}

void require_not_in_pools(std::string_view key, const Source& set, const PartOptions& source,
                          int threads) {
  const std::optional<PoolMadeOf> found = pool_made_of(set, source, threads);
  if (!found) return;
  const std::string images = std::to_string(found->images);
  const std::string shared = found->shared == found->images
                                 ? "all " + images + " of them"
                                 : std::to_string(found->shared) + " of " + images;
  throw_if_any("the settings contradict each other",
               std::vector<Problem>{
                   {"source", "has a pool whose generator was trained on images of " +
                                  std::string(key) + ", " + shared + ": " + found->directory}});
}

void require_labels(const Source& source, std::string_view key) {
  if (source.classes().empty()) throw InputError(std::string(key) + " has no labels");
  for (std::uint64_t index = 0; index < source.size(); ++index) {
    if (source.about(index).label >= 0) continue;
    throw InputError(std::string(key) + " has no label for sample " + std::to_string(index));
  }
}

}  // namespace inflow
