#include "inflow/ops/feistel.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/ops/simd.hpp"

namespace inflow {
namespace {

constexpr ViewKey kKey{.seed = 0xFEDCBA9876543210, .epoch = 0x89ABCDEF, .view = 0xFFFE};

std::uint64_t expected(std::uint64_t block, int half_bits, std::uint8_t rounds) {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits) - 1;
  for (std::uint8_t round = 0; round < rounds; ++round) {
    ViewKey key = kKey;
    key.index = block & mask;
    const std::uint64_t drawn = Rng(key, Stream::condition, round)();
    block = key.index << half_bits | ((block >> half_bits) ^ (drawn & mask));
  }
  return block;
}

TEST(Feistel, DrawsByTheOtherHalfWithEveryKindOfVectors) {
  for (const std::string& target : simd_targets()) {
    const OnlySimdTarget only(target);
    for (const int half_bits : {1, 3, 10, 31, 32}) {
      for (std::uint64_t count = 0; count < 40; ++count) {
        std::vector<std::uint64_t> blocks;
        std::vector<std::uint64_t> encrypted;
        for (std::uint64_t at = 0; at < count; ++at) {
          blocks.push_back((at + 1) * 0x9E3779B97F4A7C15U >> (64 - 2 * half_bits));
          encrypted.push_back(expected(blocks.back(), half_bits, 5));
        }
        encrypt_blocks(kKey, Stream::condition, half_bits, 5, blocks);
        EXPECT_EQ(blocks, encrypted) << target << " " << half_bits << " " << count;
      }
    }
  }
}

}  // namespace
}  // namespace inflow
