#include "inflow/pipeline/permutation.hpp"

#include <array>
#include <cstddef>

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

constexpr std::size_t kMostWalks = 8;

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
  std::uint64_t image = 0;
  (*this)(position, {&image, 1});
  return image;
}

// Some positions walk at a time: a step waits for the one before it, and not for those of others.
void Permutation::operator()(std::uint64_t first, std::span<std::uint64_t> images) const {
  std::array<std::uint64_t, kMostWalks> places{};
  std::array<std::size_t, kMostWalks> starts{};
  std::size_t walks = 0;
  std::size_t started = 0;
  const auto start = [&](std::size_t walk) {
    starts[walk] = started;
    places[walk] = first + started++;
  };
  while (walks < kMostWalks && started < images.size()) start(walks++);
  while (walks > 0) {
    encrypt(std::span(places).first(walks));
    for (std::size_t walk = 0; walk < walks;) {
      if (places[walk] >= count_) {
        ++walk;
        continue;
      }
      images[starts[walk]] = places[walk];
      if (started < images.size()) {
        start(walk++);
      } else {
        --walks;
        places[walk] = places[walks];
        starts[walk] = starts[walks];
      }
    }
  }
}

// The function of a round is one draw, addressed by the right half as index and the round as
// position.
void Permutation::encrypt(std::span<std::uint64_t> blocks) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  for (std::uint8_t round = 0; round < rounds_of(half_bits_); ++round) {
    for (std::uint64_t& block : blocks) {
      const std::uint64_t right = block & mask;
      Rng rng({.seed = seed_, .index = right, .epoch = epoch_, .view = number_}, stream_, round);
      block = right << half_bits_ | ((block >> half_bits_) ^ (rng() & mask));
    }
  }
}

}  // namespace inflow
