#pragma once

#include <cstdint>
#include <functional>

#include "inflow/ops/named_list.hpp"

namespace inflow {

// The factor on the base learning rate for the step that comes after `step` finished ones: a pure
// function of the position.
using Schedule = std::function<double(std::int64_t step)>;

// The schedules, by name, for a run of the given number of steps: constant, warmup_cosine.
const Catalog<Schedule, std::int64_t>& schedules();

}  // namespace inflow
