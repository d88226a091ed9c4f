#pragma once

#include <vector>

#include "inflow/contrastive/evaluation/protocol.hpp"
#include "inflow/tools/training/pretrain_options.hpp"

namespace inflow::tools {

// Opens the labeled sets, if any are wanted, so that a run does not fail on them only once it is
// trained. Throws as opening them does, and InputError where they lack labels, have not the same
// classes, or too few of one for the draws with few labels.
void check_labeled_sets(const PretrainOptions& options);

// The table of a run: raw pixels, the untrained encoder (as it was before the first step), and
// `trained`.
std::vector<EvaluationRow> evaluate_run(const PretrainOptions& options, Encoder& trained);

}  // namespace inflow::tools
