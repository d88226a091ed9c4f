#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "inflow/ops/options.hpp"
#include "inflow/pipeline/source.hpp"

namespace inflow {

// The two parts of a split or a draw: what was chosen, and the rest.
enum class Side : std::uint8_t { first, second };
inline constexpr std::string_view kSides[] = {"first", "second"};

// A keyed split in two.
struct SplitOptions {
  double fraction = 0.9;
  Side side = Side::first;
  std::uint64_t seed = 0;
  bool stratified = true;

  void describe(auto& visitor) {
    visitor("fraction", fraction, kProbability, "Share of the samples in the first part");
    visitor("side", side, kSides, "Which of the two parts");
    visitor("seed", seed, "Key of the split");
    visitor("stratified", stratified,
            "Whether the share holds in each class, to the nearest sample");
  }
};

// A keyed draw of equally many samples of each class.
struct PerClassOptions {
  int count = 10;
  Side side = Side::first;
  std::uint64_t seed = 0;

  void describe(auto& visitor) {
    visitor("count", count, Between{1, 1 << 30}, "Samples drawn of each class");
    visitor("side", side, kSides, "first: the samples drawn, second: all others that have a label");
    visitor("seed", seed, "Key of the draw");
  }
};

// The labels of all samples, in order.
std::vector<std::int32_t> labels_of(const Source& source);

// The indices of one part, ascending: functions of the labels and options alone. For one seed the
// two parts are disjoint and hold every sample, and a larger fraction or count only adds to the
// first. Negative labels are no label: split takes those samples for a class of their own,
// per_class leaves them out. Throws UsageError if a class has too few samples.
std::vector<std::uint64_t> split(std::span<const std::int32_t> labels, const SplitOptions& options);
std::vector<std::uint64_t> per_class(std::span<const std::int32_t> labels,
                                     const PerClassOptions& options);

// The samples of `source` at `indices`, in that order; labels, identities and planes stay as they
// are. Throws UsageError if there are none, for an index past the last, and for a source with an
// order of its own.
std::shared_ptr<const Source> subset_of(std::shared_ptr<const Source> source,
                                        std::vector<std::uint64_t> indices);

// The same also of a source with an order of its own, which does not count: to look at samples, not
// to make epochs of them.
std::shared_ptr<const Source> picked_from(std::shared_ptr<const Source> source,
                                          std::vector<std::uint64_t> indices);

}  // namespace inflow
