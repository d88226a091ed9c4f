#pragma once

#include "inflow/tools/training/run_options.hpp"

namespace inflow::tools {

// A warning for each thread count above what the machine has; nothing is changed.
void warn_of_too_many_threads(const RunOptions& options);

// Throws UsageError if the settings are for a subcommand of another kind.
void require_kind(const RunOptions& options, RunKind kind);

}  // namespace inflow::tools
