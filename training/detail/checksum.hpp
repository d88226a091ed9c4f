#pragma once

#include <span>
#include <string>
#include <string_view>

namespace inflow::training {

// XXH3-128 of the pieces, one after another: 16 bytes in the canonical order of xxHash.
std::string checksum(std::span<const std::string_view> pieces);

// The same as 32 hexadecimal digits, as `xxhsum -H2` prints it.
std::string checksum_digits(std::string_view bytes);

}  // namespace inflow::training
