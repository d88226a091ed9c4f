#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "inflow/ops/options.hpp"

namespace inflow::detail {

// The amount that a whole number and a unit (B, kB, MB, GB, TB or KiB, MiB, GiB, TiB) stand for;
// nothing if `text` is not written like that or the amount has no 64-bit count. One space may stand
// between the two.
std::optional<Bytes> parsed_bytes(std::string_view text);

// The amount in its largest binary unit that needs no fraction: 512MiB, 1000B.
std::string bytes_text(Bytes amount);

}  // namespace inflow::detail
