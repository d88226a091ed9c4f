#include "inflow/pipeline/selection.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "inflow/pipeline/permutation.hpp"

namespace inflow {
namespace {

using Indices = std::vector<std::uint64_t>;

std::map<std::int32_t, Indices> by_label(std::span<const std::int32_t> labels) {
  std::map<std::int32_t, Indices> classes;
  for (std::uint64_t index = 0; index < labels.size(); ++index) {
    classes[std::max(labels[index], -1)].push_back(index);
  }
  return classes;
}

// Appends one part of the samples of a class, of which `count` go to the first part. The label
// takes the place of the epoch, so that classes of equal size are not split alike.
void append_part(const Indices& samples, std::int32_t label, std::uint64_t count,
                 std::uint64_t seed, Side side, Indices& part) {
  const Permutation permuted(samples.size(), seed, static_cast<std::uint32_t>(label),
                             Stream::split);
  const std::uint64_t begin = side == Side::first ? 0 : count;
  const std::uint64_t end = side == Side::first ? count : samples.size();
  for (std::uint64_t position = begin; position < end; ++position)
    part.push_back(samples[permuted(position)]);
}

}  // namespace

std::vector<std::int32_t> labels_of(const Source& source) {
  std::vector<std::int32_t> labels(source.size());
  for (std::uint64_t index = 0; index < labels.size(); ++index)
    labels[index] = source.about(index).label;
  return labels;
}

Indices split(std::span<const std::int32_t> labels, const SplitOptions& options) {
  if (!(options.fraction >= 0 && options.fraction <= 1)) {
    throw UsageError("fraction must lie in [0, 1]: " + std::to_string(options.fraction));
  }
  const std::vector<std::int32_t> alike(options.stratified ? 0 : labels.size(), -1);
  Indices part;
  for (const auto& [label, samples] : by_label(options.stratified ? labels : alike)) {
    const auto count = std::llround(options.fraction * static_cast<double>(samples.size()));
    append_part(samples, label, static_cast<std::uint64_t>(count), options.seed, options.side,
                part);
  }
  std::ranges::sort(part);
  return part;
}

Indices per_class(std::span<const std::int32_t> labels, const PerClassOptions& options) {
  Indices part;
  for (const auto& [label, samples] : by_label(labels)) {
    if (label < 0) continue;
    if (options.count < 0 || static_cast<std::uint64_t>(options.count) > samples.size()) {
      throw UsageError("class " + std::to_string(label) +
                       " has too few samples: expected at least " + std::to_string(options.count) +
                       ", found " + std::to_string(samples.size()));
    }
    append_part(samples, label, static_cast<std::uint64_t>(options.count), options.seed,
                options.side, part);
  }
  std::ranges::sort(part);
  return part;
}

}  // namespace inflow
