#pragma once

#include "inflow/pipeline/run.hpp"

namespace inflow {

// Throws UsageError unless the batches of `pipeline` can go on at `state`, which may be right
// behind the last one.
void check(const LoaderState& state, const Pipeline& pipeline);

// Whether the batch before `state` was the last of the last epoch.
bool is_over(const LoaderState& state, const Pipeline& pipeline);

// The state one batch later.
LoaderState after(LoaderState state, const Pipeline& pipeline);

}  // namespace inflow
