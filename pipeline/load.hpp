#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/run.hpp"

// The short way from settings to batches:
//
//   const auto loader = inflow::load(inflow::read_pipeline("pipeline.yaml"));
//   for (inflow::Batch& batch : *loader) use(batch->rows(0), batch->rows(1));
//
// or, with the same meaning, without a file:
//
//   inflow::load({.seed = 7,
//                 .source = inflow::sources().part("image_folder", {{"path", "train"}}),
//                 .views = inflow::view_presets().part("moco_v2", {{"size", 160}})});

namespace inflow {

// The settings of a pipeline file, and what assignments such as "batch.size=64" change of them.
// Throws as read_settings does.
PipelineOptions read_pipeline(const std::filesystem::path& file,
                              std::vector<std::string> assignments = {});

// Checks what the options describe and runs it, from its beginning or from where another loader of
// the same options was. Throws as compile and run_parallel do.
std::unique_ptr<Loader> load(const PipelineOptions& options,
                             const std::optional<LoaderState>& from = {}, const OwnParts& own = {});

}  // namespace inflow
