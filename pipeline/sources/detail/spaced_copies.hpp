#pragma once

#include <cstdint>

#include "inflow/pipeline/permutation.hpp"

namespace inflow {

// Every copy of the samples of a set once, in a keyed order in which copies of one sample are far
// from each other: pass after pass over all samples. An epoch parts the samples into four groups.
// Each pass has the groups in the same order, and the samples of a group in an order of its own, so
// that a sample moves by less than a group from one pass to the next.
class SpacedCopies {
 public:
  // `number` tells apart sets of one epoch; it must not be 0.
  SpacedCopies(std::uint64_t size, std::uint64_t seed, std::uint32_t epoch, std::uint16_t number);

  // What stands at a position: sample + size * copy. O(1), as seeking in a permutation is.
  std::uint64_t operator()(std::uint64_t position) const;

  // So many positions that follow one another hold different samples.
  static std::uint64_t apart(std::uint64_t size);

 private:
  std::uint64_t size_;
  std::uint64_t seed_;
  std::uint32_t epoch_;
  std::uint16_t number_;
  Permutation grouped_;
};

// A keyed permutation of 0 .. count - 1 for each of many `which`, of which there are more than
// Permutation has numbers.
Permutation distinct_permutation(std::uint64_t count, std::uint64_t seed, std::uint32_t epoch,
                                 std::uint16_t number, std::uint64_t which);

}  // namespace inflow
