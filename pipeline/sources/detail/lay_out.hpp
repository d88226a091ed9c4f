#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "inflow/pipeline/mixed.hpp"
#include "inflow/pipeline/sources/detail/laid_parts.hpp"

namespace inflow {

// The parts of a mixture with their places and what epochs take of them, the first `real` of which
// hold real samples. Throws UsageError as mixed_of does.
std::vector<LaidPart> laid_out(std::span<const MixedPart> given, MixedMode mode, std::size_t real);

}  // namespace inflow
