#include "inflow/pipeline/sources/detail/spaced_copies.hpp"

#include <algorithm>

namespace inflow {
namespace {

constexpr std::uint64_t kGroups = 4;

std::uint64_t group_size(std::uint64_t size) { return (size + kGroups - 1) / kGroups; }

}  // namespace

SpacedCopies::SpacedCopies(std::uint64_t size, std::uint64_t seed, std::uint32_t epoch,
                           std::uint16_t number)
    : size_(size),
      seed_(seed),
      epoch_(epoch),
      number_(number),
      grouped_(size, seed, epoch, Stream::distinct, number) {}

std::uint64_t SpacedCopies::operator()(std::uint64_t position) const {
  const std::uint64_t pass = position / size_;
  const std::uint64_t place = position % size_;
  const std::uint64_t group = place / group_size(size_);
  const std::uint64_t begin = group * group_size(size_);
  const std::uint64_t count = std::min(group_size(size_), size_ - begin);
  const Permutation within =
      distinct_permutation(count, seed_, epoch_, number_, pass * kGroups + group);
  return pass * size_ + grouped_(begin + within(place - begin));
}

std::uint64_t SpacedCopies::apart(std::uint64_t size) { return size - group_size(size) + 1; }

Permutation distinct_permutation(std::uint64_t count, std::uint64_t seed, std::uint32_t epoch,
                                 std::uint16_t number, std::uint64_t which) {
  constexpr std::uint8_t kPosition = 255;  // past the rounds of a permutation
  Rng rng({.seed = seed, .index = which, .epoch = epoch, .view = number}, Stream::distinct,
          kPosition);
  const std::uint64_t high = rng();
  return {count, high << 32 | rng(), epoch, Stream::distinct};
}

}  // namespace inflow
