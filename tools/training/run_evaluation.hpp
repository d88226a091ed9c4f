#pragma once

#include <vector>

#include "inflow/contrastive/evaluation/protocol.hpp"
#include "inflow/tools/training/run_options.hpp"

namespace inflow::tools {

// Throws UsageError where the labeled sets that encoders are evaluated on contradict the settings:
// a training set that is missing, test images that are trained on, or that a pool was made of.
// Opens the sets, if there are any, so that a run does not fail on them only once it is trained:
// throws as opening them does, and InputError where they lack labels, have not the same classes, or
// too few of one for the draws with few labels.
void check_labeled_sets(const RunOptions& options);

// The table of a run: raw pixels, the untrained encoder (as it was before the first step), and
// `trained`.
std::vector<EvaluationRow> evaluate_run(const RunOptions& options, Encoder& trained);

}  // namespace inflow::tools
