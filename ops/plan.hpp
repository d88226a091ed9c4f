#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

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

// What a policy decides for one view: up to eight steps, applied in order. Plain data, no heap.
struct Plan {
  static constexpr std::size_t kCapacity = 8;
  std::array<Step, kCapacity> steps{};
  std::uint8_t count = 0;

  std::span<const Step> chosen() const { return std::span(steps).first(count); }
  bool operator==(const Plan&) const = default;
};

// Every mistake of `plan` as a program over `ops`: numbers past the list, magnitudes outside the
// domain or not a number, draws outside [0, 1), more steps than the capacity. Empty if it may be
// applied.
std::string what_is_wrong(const Plan& plan, std::span<const Op> ops);

// Applies the steps to `image` in order. `scratch` is a second picture whose memory is reused; its
// content is lost.
void apply(std::span<const Op> ops, const Plan& plan, Image& image, Image& scratch);

}  // namespace inflow
