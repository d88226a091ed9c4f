#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inflow/ops/op.hpp"

namespace inflow {

// One chosen op: its number in the run's list of ops, the magnitude on the op's own scale with its
// sign, and two unit draws that only ops which choose a place use.
struct Step {
  std::uint16_t op = 0;
  float magnitude = 0;
  float u = 0;
  float v = 0;
  bool operator==(const Step&) const = default;
};

// One chain of a mixture: the steps that follow those of the chains before it, and how much their
// picture counts.
struct Chain {
  std::uint8_t count = 0;
  float weight = 0;
  bool operator==(const Chain&) const = default;
};

// What a policy decides for one view; plain data, no heap. Usually up to eight steps, applied in
// order. A mixture instead has chains: each begins with the picture as it is, and the result is the
// weighted sum of what they make and of the untouched picture.
struct Plan {
  static constexpr std::size_t kCapacity = 8;  // steps, applied in order
  static constexpr std::size_t kChains = 4;
  static constexpr std::size_t kMixtureCapacity = 12;  // steps of all chains together

  std::array<Step, kMixtureCapacity> steps{};
  std::uint8_t count = 0;  // of a mixture: those of all chains together

  std::uint8_t chain_count = 0;  // 0: no mixture
  std::array<Chain, kChains> chains{};
  float untouched = 0;  // weight of the untouched picture in a mixture

  bool is_mixture() const { return chain_count > 0; }
  bool is_empty() const { return count == 0 && !is_mixture(); }
  std::span<const Step> chosen() const { return std::span(steps).first(count); }
  std::span<const Chain> mixed() const { return std::span(chains).first(chain_count); }

  bool operator==(const Plan&) const = default;
};

// Every mistake of `plan` as a program over `ops`: numbers past the list, magnitudes outside the
// domain or not a number, draws outside [0, 1), more steps or chains than the capacity, weights
// outside [0, 1] or which do not add up to 1. Empty if it may be applied.
std::string what_is_wrong(const Plan& plan, std::span<const Op> ops);

// What a mixture needs besides the scratch of a plan without one. Grows to the largest picture and
// is then reused.
struct MixtureScratch {
  std::vector<std::uint8_t> picture;
  std::vector<float> sum;
};

// Applies the steps to `image` in order. `scratch` is a second picture whose memory is reused; its
// content is lost. Throws UsageError, before a pixel is touched, for a plan or a picture that
// something is wrong with. A mixture sums in single precision, the untouched picture first, then
// the chains in order, and truncates, as torchvision's AugMix does; its ops must keep the size.
void apply(std::span<const Op> ops, const Plan& plan, Image& image, Image& scratch,
           MixtureScratch& mixture);

// The same with a mixture's scratch of its own: allocates for a mixture, and only then.
void apply(std::span<const Op> ops, const Plan& plan, Image& image, Image& scratch);

}  // namespace inflow
