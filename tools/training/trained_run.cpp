#include "inflow/tools/training/trained_run.hpp"

#include <optional>
#include <utility>

#include "inflow/pipeline/checksum.hpp"
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

RunOptions settings_of(const std::filesystem::path& run,
                       const std::vector<std::string>& assignments) {
  RunOptions options;
  read_settings({.file = run / "resolved.yaml", .environment = {}, .assignments = assignments},
                describe(options));
  return options;
}

Checkpoint newest_of(const std::filesystem::path& run) {
  std::optional<Checkpoint> checkpoint = newest_checkpoint(run);
  if (!checkpoint) throw InputError("the run has no checkpoint: " + run.string());
  return std::move(*checkpoint);
}

void require_run(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path / "resolved.yaml")) {
    throw InputError("not the directory of a run: " + path.string());
  }
}

}  // namespace

RunDirectory open_run(const std::filesystem::path& path) {
  require_run(path);
  return {path, RunMode::resume};
}

TrainedRun open_trained_run(const RunDirectory& directory,
                            const std::vector<std::string>& assignments) {
  TrainedRun run{.options = settings_of(directory.path(), assignments), .learner = {}};
  if (run.options.kind() == RunKind::generate) {
    throw UsageError("the run trains a generator, not an encoder: " + directory.path().string());
  }
  const Checkpoint checkpoint = newest_of(directory.path());
  run.learner = new_learner(run.options);
  restore_weights(*run.learner.objective, checkpoint);
  run.step = checkpoint.step;
  return run;
}

TrainedGenerator open_trained_generator(const std::filesystem::path& path,
                                        const std::vector<std::string>& assignments) {
  require_run(path);
  TrainedGenerator run{.options = settings_of(path, assignments)};
  if (run.options.kind() != RunKind::generate) {
    throw UsageError("the run trains an encoder, not a generator: " + path.string());
  }
  const Checkpoint checkpoint = newest_of(path);
  if (run.options.generator.options.as<DiffusionOptions>().conditional) {
    const auto source = sources().make(run.options.pipeline.source);
    run.classes = {source->classes().begin(), source->classes().end()};
  }
  run.generator = new_generator(run.options, run.classes.size());
  restore_weights(*run.generator, checkpoint);
  run.step = checkpoint.step;
  run.weights = checksum_of(checkpoint.tensors).digits();
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
