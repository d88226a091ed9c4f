#pragma once

#include <vector>

#include "inflow/contrastive/evaluation/protocol.hpp"
#include "inflow/tools/training/pretrain_options.hpp"

namespace inflow::tools {

// The table of a run: raw pixels, the untrained encoder (as it was before the first step), and `trained`.
std::vector<EvaluationRow> evaluate_run(const PretrainOptions& options, Encoder& trained);

}  // namespace inflow::tools
