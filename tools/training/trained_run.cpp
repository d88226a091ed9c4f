#include "inflow/tools/training/trained_run.hpp"

#include <optional>
#include <utility>

#include "inflow/pipeline/settings.hpp"
#include "inflow/training/export.hpp"
#include "inflow/training/trainer.hpp"

namespace inflow::tools {
namespace {

// The encoder section of the settings alone, as JSON.
std::string architecture_of(RunOptions options) {
  std::vector<Option> all = describe(options);
  std::erase_if(all, [](const Option& option) { return option.name != "encoder"; });
  return to_json(std::move(all));
}

}  // namespace

RunDirectory open_run(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path / "resolved.yaml")) {
    throw InputError("not the directory of a run: " + path.string());
  }
  return {path, RunMode::resume};
}

TrainedRun open_trained_run(const RunDirectory& directory,
                            const std::vector<std::string>& assignments) {
  TrainedRun run;
  read_settings(
      {.file = directory.path() / "resolved.yaml", .environment = {}, .assignments = assignments},
      describe(run.options));
  const std::optional<Checkpoint> checkpoint = directory.newest();
  if (!checkpoint) throw InputError("the run has no checkpoint: " + directory.path().string());
  run.learner = new_learner(run.options);
  restore_weights(*run.learner.objective, *checkpoint);
  run.step = checkpoint->step;
  return run;
}

void export_run(const RunOptions& options, Encoder& encoder, const std::filesystem::path& folder) {
  RunOptions copy = options;
  const auto& views = options.pipeline.views.options.as<ViewOptions>();
  export_encoder(encoder,
                 {.architecture = architecture_of(options),
                  .input_size = views.size,
                  .mean = views.mean,
                  .stddev = views.stddev,
                  .trained_with = to_json(describe(copy))},
                 folder);
}

}  // namespace inflow::tools
