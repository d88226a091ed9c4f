#include "inflow/pipeline/load.hpp"

#include <utility>

#include "inflow/pipeline/settings.hpp"

namespace inflow {

PipelineOptions read_pipeline(const std::filesystem::path& file,
                              std::vector<std::string> assignments) {
  PipelineOptions options;
  read_settings({.file = file, .assignments = std::move(assignments)}, describe(options));
  return options;
}

std::unique_ptr<Loader> load(const PipelineOptions& options, const std::optional<LoaderState>& from,
                             const OwnParts& own) {
  return run_parallel(compile(graph_of(options, own)), options.limits,
                      from.value_or(LoaderState{.seed = options.seed}));
}

}  // namespace inflow
