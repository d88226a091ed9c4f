#pragma once

#include <bit>
#include <cstdint>

namespace inflow::ops {

// Rounded half to even, for 0 to 255: what does not fit the mantissa beside 2^23 is rounded off.
inline std::uint8_t rounded(float value) {
  return static_cast<std::uint8_t>(std::bit_cast<std::uint32_t>(value + 0x1.8p23F));
}

}  // namespace inflow::ops
