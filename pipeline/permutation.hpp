#pragma once

#include <cstdint>
#include <span>

#include "inflow/ops/random.hpp"

namespace inflow {

// A keyed bijection of 0 .. count-1: a Feistel network over Philox on the next even power of two,
// walked along its cycle until it falls into range (at most four rounds expected). No state but its
// arguments, so seeking is O(1).
class Permutation {
 public:
  // `number` tells apart permutations of one epoch.
  Permutation(std::uint64_t count, std::uint64_t seed, std::uint32_t epoch,
              Stream stream = Stream::shuffle, std::uint16_t number = 0);

  // The image of `position`, which must be below count. Callable from any thread.
  std::uint64_t operator()(std::uint64_t position) const;

  // Replaces positions by their images. Faster than one by one.
  void operator()(std::span<std::uint64_t> positions) const;

  // The images of the positions from `first` on, as many as `images` takes, alike.
  void operator()(std::uint64_t first, std::span<std::uint64_t> images) const;

 private:
  void encrypt(std::span<std::uint64_t> blocks) const;

  std::uint64_t count_;
  std::uint64_t seed_;
  std::uint32_t epoch_;
  Stream stream_;
  std::uint16_t number_;
  int half_bits_;
};

}  // namespace inflow
