#include "inflow/tools/training/labeled_parts.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <spdlog/fmt/fmt.h>

namespace inflow::tools {
namespace {

// One of the sets, with the key of its settings.
struct Part {
  std::string_view key;
  DescribedSource described;
};

Part open(std::string_view key, const PartOptions& settings) {
  return {.key = key, .described = {.settings = settings, .source = sources().make(settings)}};
}

void require_disjoint(const Part& part, const Part& other) {
  const std::optional<std::string> shared = shared_sample(part.described, other.described);
  if (!shared) return;
  throw_if_any(
      "the settings contradict each other",
      std::vector<Problem>{{std::string(part.key), fmt::format("shares samples with {}, such as {}",
                                                               other.key, *shared)}});
}

// A set beside others: of the same classes as the first, and disjoint from all.
Part open_beside(const std::vector<Part>& others, std::string_view key,
                 const PartOptions& settings) {
  Part part = open(key, settings);
  const Part& first = others.front();
  require_same_classes({part.key, *part.described.source}, {first.key, *first.described.source});
  require_labels(*part.described.source, part.key);
  for (const Part& other : others) require_disjoint(part, other);
  return part;
}

}  // namespace

LabeledParts open_parts(const RunOptions& options) {
  std::vector<Part> others{open("source", options.pipeline.source)};
  require_labels(*others.front().described.source, "source");
  const DividedSource divided = divide(others.front().described, options.holdout);
  LabeledParts parts{.train = divided.train, .held_out = divided.held_out, .test = nullptr};
  if (options.holdout.source.type != "none") {
    // Samples that are not trained on either may be held out.
    Part trained = others.front();
    trained.described.source = divided.train;
    others.push_back(open_beside({trained}, "holdout.source", options.holdout.source));
    parts.held_out = others.back().described.source;
  }
  if (options.evaluation.has_test())
    parts.test = open_beside(others, "evaluation.test", options.evaluation.test).described.source;
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
