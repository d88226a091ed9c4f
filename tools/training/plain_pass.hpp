#pragma once

#include <memory>

#include "inflow/tools/training/run_options.hpp"

namespace inflow::tools {

// One pass over a labeled set, in its own order, each image plain, as a run evaluates it.
Pipeline plain_pass(const RunOptions& options, std::shared_ptr<const Source> source);

}  // namespace inflow::tools
