#include "inflow/pipeline/permutation.hpp"

namespace inflow {
namespace {

// Four rounds suffice on large domains (Luby and Rackoff); small ones, where a round holds only a
// few bits of randomness, need more: of five elements, eight rounds make some neighbors five
// percent too frequent, twelve none.
constexpr std::uint8_t rounds_of(int half_bits) { return half_bits <= 3 ? 12 : 8; }

// The smallest h >= 1 with 4^h >= count.
constexpr int half_bits_of(std::uint64_t count) {
  int half_bits = 1;
  while (half_bits < 32 && count > std::uint64_t{1} << (2 * half_bits)) ++half_bits;
  return half_bits;
}

}  // namespace

Permutation::Permutation(std::uint64_t count, std::uint64_t seed, std::uint32_t epoch,
                         Stream stream, std::uint16_t number)
    : count_(count),
      seed_(seed),
      epoch_(epoch),
      stream_(stream),
      number_(number),
      half_bits_(half_bits_of(count)) {}

std::uint64_t Permutation::operator()(std::uint64_t position) const {
  std::uint64_t image = position;
  do {
    image = encrypt(image);
  } while (image >= count_);
  return image;
}

// The function of a round is one draw, addressed by the right half as index and the round as
// position.
std::uint64_t Permutation::encrypt(std::uint64_t block) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  std::uint64_t left = block >> half_bits_;
  std::uint64_t right = block & mask;
  for (std::uint8_t round = 0; round < rounds_of(half_bits_); ++round) {
    Rng rng({.seed = seed_, .index = right, .epoch = epoch_, .view = number_}, stream_, round);
    const std::uint64_t mixed = left ^ (rng() & mask);
    left = right;
    right = mixed;
  }
  return left << half_bits_ | right;
}

}  // namespace inflow
