#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "inflow/ops/image.hpp"

namespace inflow {

// What an op changes, and so what a draw of it must move along: every plane, or images only.
enum class Family : std::uint8_t { geometry, color, region };

std::string_view name_of(Family family);

// The magnitudes an op accepts, ends included.
struct Domain {
  float low = 0;
  float high = 0;
  constexpr bool contains(float magnitude) const { return magnitude >= low && magnitude <= high; }
};

// Throws UsageError.
[[noreturn]] void refuse_level(float level);

// MADAug's map from a level in [0, 1] to an op's own scale; throws UsageError for other levels.
// Policies use it; kernels never see a level.
struct Range {
  float at_zero = 0;
  float at_one = 0;
  bool either_sign = false;  // the policy draws the sign
  constexpr float operator()(float level) const {
    if (!(level >= 0 && level <= 1)) refuse_level(level);
    return at_zero + level * (at_one - at_zero);
  }
};

// A picture transform. Pure: `out` depends on `in`, the magnitude and two unit draws, and on
// nothing else. Accepts its whole domain, not only its range. Never writes `in`, which must not
// share pixels with `out`; sizes `out` itself, reusing its memory where it fits; callable from any
// thread.
struct Op {
  std::string_view name;     // snake_case, unique
  std::string_view summary;  // one line, no full stop
  Family family = Family::color;
  bool has_magnitude = true;  // whether the magnitude makes a difference
  Domain domain{};
  std::optional<float> neutral{};  // the magnitude that changes nothing, if there is one
  Range range{};
  // `u` and `v` lie in [0, 1); only ops that choose a place use them. Those of the catalog throw
  // UsageError for what what_is_wrong() names, before a pixel is touched.
  std::function<void(const Image& in, Image& out, float magnitude, float u, float v)> apply;

  // Whether every picture stays as it is. Plans leave such steps out.
  bool is_neutral(float magnitude) const {
    return neutral && (!has_magnitude || magnitude == *neutral);
  }
};

// Why an op cannot be applied so: a magnitude outside its domain or a draw outside [0, 1), or what
// is no number. Empty if it can.
std::string what_is_wrong(const Op& op, float magnitude, float u, float v);

// The numbered ops. The first 17 are MADAug's, in the order of its policy head: position is an op's
// number in every policy head and checkpoint, so the list is append only.
std::span<const Op> catalog();

// The number of the op called `name` in `ops`; throws UsageError with the nearest known name.
std::uint16_t op_number(std::span<const Op> ops, std::string_view name);

}  // namespace inflow
