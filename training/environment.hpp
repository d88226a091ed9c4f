#pragma once

#include <string>

#include "inflow/training/compute.hpp"

namespace inflow {

// What must be equal for equal bits, as JSON: threads, formats, versions, the processor's
// instructions.
std::string environment_json(const Compute& compute);

// Throws UsageError that names every difference between what environment_json() wrote once and
// what it would write now.
void require_same_environment(const std::string& written, const Compute& compute);

}  // namespace inflow
