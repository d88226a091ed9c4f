#include "inflow/tools/training/audit/encoder.hpp"

#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "inflow/pipeline/run.hpp"
#include "inflow/tools/progress_line.hpp"
#include "inflow/tools/stop_signal.hpp"
#include "inflow/tools/training/learner.hpp"
#include "inflow/tools/training/training_run.hpp"
#include "inflow/tools/training/versions.hpp"
#include "inflow/training/run_directory.hpp"

namespace inflow::tools {
namespace {

namespace fs = std::filesystem;

// Where the run stopped, which the trainer has taken up.
LoaderState restore(const RunDirectory& directory, Trainer& trainer, std::uint64_t seed) {
  const auto checkpoint = directory.newest();
  if (!checkpoint) return {.seed = seed};
  trainer.restore(*checkpoint);
  spdlog::info("training of the encoder goes on after step {}", checkpoint->step);
  return checkpoint->loader;
}

}  // namespace

void check_training(const RunOptions& options, std::shared_ptr<const Source> source) {
  check_limits(compile(graph_of(options.pipeline, {.source = std::move(source)})),
               options.pipeline.limits);
  const Trainer trainer(options.training, new_learner(options).objective);
}

RunEnding train_encoder(const RunOptions& options, std::shared_ptr<const Source> source,
                        const fs::path& path, const Program& program) {
  const Pipeline pipeline = compile(graph_of(options.pipeline, {.source = std::move(source)}));
  const StopSignal stop;
  const bool begun = fs::exists(path / "run.lock");
  const RunDirectory directory(path, begun ? RunMode::resume : RunMode::fresh);
  RunOptions described = options;
  const std::string settings = to_json(inflow::describe(described));
  directory.write("resolved.yaml", to_yaml(inflow::describe(described)));
  directory.write("versions.json", versions_json(program.command_line));
  Trainer trainer(options.training, new_learner(options).objective);
  const LoaderState from = restore(directory, trainer, options.pipeline.seed);
  const auto loader = run_parallel(pipeline, options.pipeline.limits, from);
  ProgressLine line(program.quiet);
  const auto report = [&](const Progress& progress) {
    if (line.due() || progress.result.step == progress.steps) line.show(line_of(progress));
  };
  return run(trainer, *loader, directory, options.training, settings,
             {.report = report, .stop_requested = [&] { return stop.requested(); }});
}

}  // namespace inflow::tools
