#include "inflow/tools/training/audit_encoder.hpp"

#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/tools/progress_line.hpp"
#include "inflow/tools/stop_signal.hpp"
#include "inflow/tools/training/learner.hpp"
#include "inflow/tools/training/trained_run.hpp"
#include "inflow/tools/training/training_run.hpp"
#include "inflow/tools/training/versions.hpp"
#include "inflow/training/evaluation_scope.hpp"
#include "inflow/training/exported_encoder.hpp"
#include "inflow/training/run_directory.hpp"

namespace inflow::tools {
namespace {

namespace fs = std::filesystem;

std::string checksum_of_weights(const Encoder& encoder) {
  Checksum checksum;
  const auto add = [&](const auto& named) {
    for (const auto& item : named) {
      const at::Tensor tensor = item.value().detach().contiguous();
      checksum.add(
          std::string_view(static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()));
    }
  };
  add(encoder.named_parameters());
  add(encoder.named_buffers());
  return checksum.digits();
}

AuditEncoder of_export(const fs::path& path) {
  const ExportedEncoder exported = read_exported_encoder(path);
  AuditEncoder opened{.owner = exported.encoder, .encoder = exported.encoder.get()};
  ViewOptions views = opened.wants.pipeline.views.options.as<ViewOptions>();
  views.size = exported.manifest.input_size;
  views.mean = exported.manifest.mean;
  views.stddev = exported.manifest.stddev;
  opened.wants.pipeline.views.options = AnyOptions(views);
  opened.wants.pipeline.batch.channels = static_cast<int>(exported.encoder->channels());
  return opened;
}

AuditEncoder of_run(const fs::path& path) {
  const RunDirectory directory = open_run(path);
  TrainedRun run = open_trained_run(directory, {});
  return {.owner = run.learner.objective,
          .encoder = run.learner.encoder,
          .wants = std::move(run.options)};
}

// Where the run stopped, which the trainer has taken up.
LoaderState restore(const RunDirectory& directory, Trainer& trainer, std::uint64_t seed) {
  const auto checkpoint = directory.newest();
  if (!checkpoint) return {.seed = seed};
  trainer.restore(*checkpoint);
  spdlog::info("training of the encoder goes on after step {}", checkpoint->step);
  return checkpoint->loader;
}

}  // namespace

Embedding AuditEncoder::embedding() const {
  return [encoder = encoder](const at::Tensor& images) {
    const EvaluationScope evaluation(*encoder);
    return encoder->forward(images);
  };
}

AuditEncoder open_encoder(const fs::path& path) {
  const bool is_export = fs::exists(path / "manifest.json");
  if (!is_export && !fs::exists(path / "resolved.yaml")) {
    throw InputError("neither the directory of a run nor an exported encoder: " + path.string());
  }
  AuditEncoder opened = is_export ? of_export(path) : of_run(path);
  opened.checksum = checksum_of_weights(*opened.encoder);
  return opened;
}

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
