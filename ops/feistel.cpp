#include "inflow/ops/feistel.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

// What follows is compiled once for each kind of vectors.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "inflow/ops/feistel.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "inflow/ops/detail/inline.hpp"

HWY_BEFORE_NAMESPACE();
namespace inflow {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Every lane of 64 bits is a block, or a counter of its own, of whose words it holds one in its
// lower half.
using Lanes = hn::ScalableTag<std::uint64_t>;
using Vector = hn::Vec<Lanes>;
constexpr Lanes kLanes;
constexpr std::size_t kInVector = hn::MaxLanes(kLanes);
constexpr hn::Repartition<std::uint32_t, Lanes> kWords;

HWY_INLINE Vector set(std::uint64_t value) { return hn::Set(kLanes, value); }

HWY_INLINE Vector product(std::uint32_t factor, Vector words) {
  return hn::MulEven(hn::BitCast(kWords, words), hn::Set(kWords, factor));
}

// A step waits for the one before it, so that two vectors take hardly longer than one.
struct Pair {
  Vector one;
  Vector other;
};

// philox() up to its first word, of counters that differ in theirs, an index below 2^32. What is
// left in the upper halves of lanes never reaches a lower one.
HWY_INLINE Pair first_words(const Pair& indices, const RandomAddress& address) {
  std::array<Vector, 2> first{indices.one, indices.other};
  std::array<Vector, 2> second{set(address.counter[1]), set(address.counter[1])};
  std::array<Vector, 2> third{set(address.counter[2]), set(address.counter[2])};
  std::array<Vector, 2> fourth{set(address.counter[3]), set(address.counter[3])};
  PhiloxKey key = address.key;
  for (int round = 0; round < kPhiloxRounds; ++round) {
    for (std::size_t i = 0; i < 2; ++i) {
      const Vector of_first = product(kPhiloxFactors[0], first[i]);
      const Vector of_third = product(kPhiloxFactors[1], third[i]);
      first[i] = hn::Xor(hn::Xor(hn::ShiftRight<32>(of_third), second[i]), set(key[0]));
      third[i] = hn::Xor(hn::Xor(hn::ShiftRight<32>(of_first), fourth[i]), set(key[1]));
      second[i] = of_third;
      fourth[i] = of_first;
    }
    key = {key[0] + kPhiloxSteps[0], key[1] + kPhiloxSteps[1]};
  }
  return {first[0], first[1]};
}

HWY_INLINE Pair encrypt(const ViewKey& key, Stream stream, int half_bits, std::uint8_t rounds,
                        Pair blocks) {
  const Vector mask = set((std::uint64_t{1} << half_bits) - 1);
  const auto joined = [&](Vector right, Vector block, Vector drawn) INFLOW_INLINE {
    const Vector left = hn::Xor(hn::ShiftRightSame(block, half_bits), hn::And(drawn, mask));
    return hn::Or(hn::ShiftLeftSame(right, half_bits), left);
  };
  for (std::uint8_t round = 0; round < rounds; ++round) {
    const Pair rights{hn::And(blocks.one, mask), hn::And(blocks.other, mask)};
    const Pair drawn = first_words(rights, RandomAddress(key, stream, round));
    blocks = {joined(rights.one, blocks.one, drawn.one),
              joined(rights.other, blocks.other, drawn.other)};
  }
  return blocks;
}

void encrypt_blocks(const ViewKey& key, Stream stream, int half_bits, std::uint8_t rounds,
                    std::uint64_t* blocks, std::size_t count) {
  HWY_ALIGN std::array<std::uint64_t, 2 * kInVector> some{};
  for (std::size_t at = 0; at < count; at += some.size()) {
    const std::size_t taken = std::min(some.size(), count - at);
    std::copy_n(blocks + at, taken, some.data());
    const Pair made =
        encrypt(key, stream, half_bits, rounds,
                {hn::Load(kLanes, some.data()), hn::Load(kLanes, some.data() + kInVector)});
    hn::Store(made.one, kLanes, some.data());
    hn::Store(made.other, kLanes, some.data() + kInVector);
    std::copy_n(some.data(), taken, blocks + at);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace inflow
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace inflow {

HWY_EXPORT(encrypt_blocks);

void encrypt_blocks(const ViewKey& key, Stream stream, int half_bits, std::uint8_t rounds,
                    std::span<std::uint64_t> blocks) {
  HWY_DYNAMIC_DISPATCH(encrypt_blocks)
  (key, stream, half_bits, rounds, blocks.data(), blocks.size());
}

}  // namespace inflow
#endif
