#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inflow/pipeline/batch.hpp"
#include "inflow/pipeline/output_directory.hpp"
#include "inflow/pipeline/output_names.hpp"
#include "inflow/pipeline/pipeline.hpp"
#include "inflow/pipeline/sink.hpp"

namespace inflow {

// The ordinals of the rows of a batch some of whose samples may have been left out.
std::vector<std::uint64_t> ordinals_of(const Pipeline& pipeline, const BatchData& batch);

// The pictures of a batch, sample by sample, over its memory. `ordinals` are those of its rows in
// the job.
std::vector<OutputPicture> pictures_of(const Pipeline& pipeline, const OutputNames& names,
                                       const BatchData& batch,
                                       std::span<const std::uint64_t> ordinals);

// A line for each failure of a batch, and for each file.
std::string failure_lines(std::span<const BadSample> failures);
std::string manifest_lines(std::span<const OutputFile> files);

// Counts the files and the pictures in them.
void add(std::span<const OutputFile> files, OutputState& state);

}  // namespace inflow
