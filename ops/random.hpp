#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace inflow {

// Raised whenever the same seed and settings would give other pixels, plans or batches. In every
// output and checkpoint; resuming and replaying refuse another.
inline constexpr int kResultsVersion = 1;

// Names a random decision. Part of the reproducibility contract: append, never renumber.
enum class Stream : std::uint8_t {
  shuffle = 0,
  mix = 1,
  crop = 2,
  flip = 3,
  plan = 4,
  jitter = 5,
  blur = 6,
  grayscale = 7,
  split = 8,
  weights = 9,
  solarize = 10,
  equalize = 11,
  cutout = 12,
  pair = 13,
  replace = 14,
  distinct = 15,
  curriculum = 16,
  explore = 17,
  policy_weights = 18,
  dropout = 19,
  noise = 20,
  noise_level = 21,
  condition = 22,
  queue = 23,
};

// Identifies one view of one sample in one epoch. Of the index, which is that of the mixed,
// repeated data set, 48 bits count.
struct ViewKey {
  std::uint64_t seed = 0;
  std::uint64_t index = 0;
  std::uint32_t epoch = 0;
  std::uint16_t view = 0;
  bool operator==(const ViewKey&) const = default;
};

using PhiloxWords = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

inline constexpr int kPhiloxRounds = 10;
inline constexpr PhiloxKey kPhiloxFactors{0xD2511F53, 0xCD9E8D57};
inline constexpr PhiloxKey kPhiloxSteps{0x9E3779B9, 0xBB67AE85};  // of the key, round by round

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC
// 2011).
constexpr PhiloxWords philox(PhiloxWords counter, PhiloxKey key) {
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const std::uint64_t first = std::uint64_t{kPhiloxFactors[0]} * counter[0];
    const std::uint64_t second = std::uint64_t{kPhiloxFactors[1]} * counter[2];
    counter = {static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(second),
               static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(first)};
    key = {key[0] + kPhiloxSteps[0], key[1] + kPhiloxSteps[1]};
  }
  return counter;
}

// Random123's known answers (tests/kat_vectors).
static_assert(philox({0, 0, 0, 0}, {0, 0}) ==
              PhiloxWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
static_assert(philox({~0U, ~0U, ~0U, ~0U}, {~0U, ~0U}) ==
              PhiloxWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
static_assert(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
              PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});

// Where the random numbers of one decision lie: the Philox key is the seed; the counter is
// index 48 bits | view 16 | epoch 32 | stream 8 | position 8 | block 16. `position` tells apart the
// steps of one plan.
struct RandomAddress {
  constexpr RandomAddress(const ViewKey& of, Stream stream, std::uint8_t position)
      : key{static_cast<std::uint32_t>(of.seed), static_cast<std::uint32_t>(of.seed >> 32)},
        counter{
            static_cast<std::uint32_t>(of.index),
            (static_cast<std::uint32_t>(of.index >> 32) & 0xFFFFU) | (std::uint32_t{of.view} << 16),
            of.epoch,
            std::uint32_t{static_cast<std::uint8_t>(stream)} | (std::uint32_t{position} << 8)} {}

  PhiloxKey key;
  PhiloxWords counter;
};

// The random numbers of one decision, a std::uniform_random_bit_generator. Addressed, never seeded:
// the draws are a function of key, stream and position alone. Distributions are members, because
// those of the standard library differ between its implementations.
class Rng {
 public:
  using result_type = std::uint32_t;

  constexpr Rng(const ViewKey& key, Stream stream, std::uint8_t position = 0)
      : address_(key, stream, position) {}

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  // 32 random bits. At most 2^18 of them may be drawn from one address.
  constexpr result_type operator()() {
    if (used_ == words_.size()) {
      words_ = philox(address_.counter, address_.key);
      address_.counter[3] += 1U << 16;
      used_ = 0;
    }
    return words_[used_++];
  }

  // Uniform in [0, 1), a multiple of 2^-24.
  constexpr float uniform() { return static_cast<float>((*this)() >> 8) * 0x1.0p-24F; }

  // Uniform in [low, high].
  constexpr double uniform(double low, double high) {
    return low + (high - low) * (static_cast<double>((*this)()) * 0x1.0p-32);
  }

  // Uniform in 0 .. count - 1, unbiased (Lemire's method). `count` must be positive.
  constexpr std::uint32_t below(std::uint32_t count) {
    std::uint64_t product = std::uint64_t{(*this)()} * count;
    if (static_cast<std::uint32_t>(product) < count) {
      const std::uint32_t threshold = (0U - count) % count;
      while (static_cast<std::uint32_t>(product) < threshold)
        product = std::uint64_t{(*this)()} * count;
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

  // True with the given probability; never at 0, always at 1.
  constexpr bool chance(double probability) {
    return static_cast<double>((*this)()) * 0x1.0p-32 < probability;
  }

  // Standard normal (Box-Muller, the cosine branch; two words each).
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(above_zero()));
    return radius * std::cos(2.0 * std::numbers::pi * static_cast<double>((*this)()) * 0x1.0p-32);
  }

  // The logarithm of a gamma variate of scale 1 and a positive shape (Marsaglia and Tsang: "A
  // simple method for generating gamma variables", 2000). The logarithm, because variates of a
  // small shape may be too small for a double. Takes a varying number of words.
  double log_gamma(double shape) {
    if (shape < 1) {
      const double shift = std::log(above_zero()) / shape;
      return log_gamma(shape + 1) + shift;
    }
    const double size = shape - 1.0 / 3;
    for (;;) {
      const double drawn = normal();
      const double root = 1 + drawn / std::sqrt(9 * size);
      const double bound = std::log(above_zero());
      if (root <= 0) continue;
      const double cube = root * root * root;
      if (bound < drawn * drawn / 2 + size * (1 - cube + std::log(cube)))
        return std::log(size * cube);
    }
  }

  // Beta(a, b), for a and b of at least 1e-3. Takes a varying number of words.
  double beta(double a, double b) {
    const double first = log_gamma(a);
    return 1 / (1 + std::exp(log_gamma(b) - first));
  }

 private:
  // Uniform in (0, 1].
  double above_zero() { return (static_cast<double>((*this)()) + 1.0) * 0x1.0p-32; }

  RandomAddress address_;
  PhiloxWords words_{};
  std::size_t used_ = 4;
};

}  // namespace inflow
