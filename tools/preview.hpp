#pragma once

#include "inflow/ops/image.hpp"
#include "inflow/pipeline/graph.hpp"

namespace inflow::tools {

// A picture to look at: a row for each of the first `samples` of the stream, its original (the
// central square) and then its views, exactly as training sees them before normalization.
Image view_sheet(PipelineOptions options, int samples, const OwnParts& own = {});

}  // namespace inflow::tools
