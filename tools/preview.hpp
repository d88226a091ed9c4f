#pragma once

#include <filesystem>
#include <memory>

#include "inflow/ops/image.hpp"
#include "inflow/pipeline/graph.hpp"

namespace inflow::tools {

// A sample as its views show it but for what they draw: its central square, at their size. Throws
// InputError for one that cannot be had.
Image plain_picture(const Source& source, std::uint64_t index, const ViewOptions& views);

// A picture to look at: a row for each of the first `samples` of the stream, its original (the
// central square) and then its views, exactly as training sees them before normalization.
Image view_sheet(PipelineOptions options, int samples, const OwnParts& own = {});

// A policy that a run learned, for every view, and the pipeline of that run.
struct LearnedPolicy {
  PipelineOptions pipeline;
  std::shared_ptr<const Policy> policy;
};

// The newest in a checkpoint. Throws InputError that names the file if it holds none, and
// UsageError in a build that does not train.
LearnedPolicy read_policy(const std::filesystem::path& checkpoint);

}  // namespace inflow::tools
