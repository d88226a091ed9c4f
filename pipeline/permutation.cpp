#include "inflow/pipeline/permutation.hpp"

#include <array>
#include <cstddef>
#include <numeric>

#include "inflow/ops/feistel.hpp"

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

constexpr std::size_t kMostWalks = 16;

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
  (*this)({&position, 1});
  return position;
}

void Permutation::operator()(std::uint64_t first, std::span<std::uint64_t> images) const {
  std::iota(images.begin(), images.end(), first);
  (*this)(images);
}

// Some positions walk at a time: a step waits for the one before it, and not for those of others.
void Permutation::operator()(std::span<std::uint64_t> positions) const {
  std::array<std::uint64_t, kMostWalks> places{};
  std::array<std::size_t, kMostWalks> starts{};
  std::size_t walks = 0;
  std::size_t started = 0;
  const auto start = [&](std::size_t walk) {
    starts[walk] = started;
    places[walk] = positions[started++];
  };
  while (walks < kMostWalks && started < positions.size()) start(walks++);
  while (walks > 0) {
    encrypt(std::span(places).first(walks));
    for (std::size_t walk = 0; walk < walks;) {
      if (places[walk] >= count_) {
        ++walk;
        continue;
      }
      positions[starts[walk]] = places[walk];
      if (started < positions.size()) {
        start(walk++);
      } else {
        --walks;
        places[walk] = places[walks];
        starts[walk] = starts[walks];
      }
    }
  }
}

void Permutation::encrypt(std::span<std::uint64_t> blocks) const {
  encrypt_blocks({.seed = seed_, .epoch = epoch_, .view = number_}, stream_, half_bits_,
                 rounds_of(half_bits_), blocks);
}

}  // namespace inflow
