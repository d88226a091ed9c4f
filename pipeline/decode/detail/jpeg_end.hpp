#pragma once

#include <cstdint>
#include <span>

namespace inflow {

// Whether `file` starts like a JPEG file.
bool is_jpeg(std::span<const std::uint8_t> file);

// Whether a JPEG file reaches its end-of-image marker. The decoder fills up what is missing with
// grey and does not tell.
bool has_jpeg_end(std::span<const std::uint8_t> file);

}  // namespace inflow
