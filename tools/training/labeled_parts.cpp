#include "inflow/tools/training/labeled_parts.hpp"

#include <algorithm>
#include <string>

#include <spdlog/fmt/fmt.h>

namespace inflow::tools {
namespace {

DescribedSource open(const PartOptions& settings) {
  return {.settings = settings, .source = sources().make(settings)};
}

void require_labels_as(const Source& first, const KeyedSource& other) {
  require_same_classes(other, {"source", first});
  require_labels(other.source, other.key);
}

}  // namespace

LabeledParts open_parts(const RunOptions& options) {
  constexpr std::string_view kHoldout = "holdout.source";
  constexpr std::string_view kTest = "evaluation.test";
  const DescribedSource source = open(options.pipeline.source);
  require_labels(*source.source, "source");
  const DividedSource divided = divide(source, options.holdout);
  LabeledParts parts{.train = divided.train, .held_out = divided.held_out, .test = nullptr};
  const bool has_holdout = options.holdout.has_source();
  if (has_holdout) require_labels_as(*source.source, {kHoldout, *parts.held_out});
  const int threads = options.pipeline.limits.threads;
  if (parts.held_out) require_not_in_pools("holdout", *parts.held_out, source.settings, threads);
  if (!options.evaluation.has_test()) return parts;

  const DescribedSource test = open(options.evaluation.test);
  require_labels_as(*source.source, {kTest, *test.source});
  require_disjoint(kTest, test, "source", source);
  if (has_holdout)
    require_disjoint(kTest, test, kHoldout, {options.holdout.source, parts.held_out});
  require_not_in_pools(kTest, *test.source, source.settings, threads);
  parts.test = test.source;
  return parts;
}

void require_same_classes(const KeyedSource& one, const KeyedSource& other) {
  const auto a = one.source.classes();
  const auto b = other.source.classes();
  if (a.size() != b.size()) {
    throw InputError(fmt::format("{} and {} differ in their classes: {} and {}", one.key, other.key,
                                 a.size(), b.size()));
  }
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  if (in_a == a.end()) return;
  throw InputError(fmt::format("{} and {} differ in the name of class {}: {} and {}", one.key,
                               other.key, in_a - a.begin(), *in_a, *in_b));
}

}  // namespace inflow::tools
