#pragma once

#include <vector>

#include "inflow/contrastive/evaluation/protocol.hpp"
#include "inflow/tools/training/pretrain_options.hpp"

namespace inflow::tools {

// Opens the labeled sets, if any are wanted, so that a run does not fail on them only once it is
// trained. Throws as opening them does, and InputError where they have no labels or not the same
// classes.
void check_labeled_sets(const PretrainOptions& options);

// The table of a run: raw pixels, the untrained encoder (as it was before the first step), and
// `trained`.
std::vector<EvaluationRow> evaluate_run(const PretrainOptions& options, Encoder& trained);

}  // namespace inflow::tools
