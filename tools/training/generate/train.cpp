#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <spdlog/fmt/fmt.h>

#include "inflow/pipeline/pool.hpp"
#include "inflow/pipeline/sheet.hpp"
#include "inflow/tools/training/generate/drawing.hpp"
#include "inflow/tools/training/generate/generate.hpp"
#include "inflow/tools/training/learner.hpp"
#include "inflow/tools/training/report.hpp"
#include "inflow/tools/training/run_checks.hpp"
#include "inflow/tools/training/training_run.hpp"

namespace inflow::tools {
namespace {

// A run that trains a generator: sheets of samples as training goes on, and in its directory what
// pools are made of besides weights.
class GeneratorRun {
 public:
  explicit GeneratorRun(const RunOptions& options)
      : options_(options),
        source_(sources().make(options.pipeline.source)),
        generator_(new_generator(options, source_->classes().size())) {
    // Now rather than once it is trained.
    generator_->check(options.sampling.sampler);
  }

  RunPlan plan() {
    return {
        .graph = [this](const auto&) { return graph_of(options_.pipeline, {.source = source_}); },
        .objective = generator_,
        .begin = [this](const RunDirectory& directory, std::int64_t) { begin(directory); },
        .after_step = [this](const RunDirectory& directory,
                             std::int64_t step) { after_step(directory, step); },
        .finish = [this](const RunDirectory& directory, const auto&) { finish(directory); }};
  }

 private:
  void begin(const RunDirectory& directory) {
    compute_ = apply(options_.training.compute);
    make_directory(directory.path() / "samples", "directory of samples");
    const std::filesystem::path hashes = directory.path() / kPoolTrainingImages;
    if (!std::filesystem::exists(hashes)) {
      write_image_hashes(hashes, image_hashes(*source_, options_.pipeline.limits.threads));
    }
  }

  void after_step(const RunDirectory& directory, std::int64_t step) {
    const std::int64_t every = options_.sampling.sheet_every;
    if (every == 0 || step % every != 0 || step == options_.training.steps) return;
    write_png(directory.path() / "samples" / fmt::format("step-{:07}.png", step), drawn());
  }

  void finish(const RunDirectory& directory) {
    const Image samples = drawn();
    write_png(directory.path() / "samples.png", samples);
    write_report(directory, {.pipeline = options_.pipeline,
                             .own = {.source = source_},
                             .evaluation = "",
                             .samples = samples});
  }

  Image drawn() { return sample_sheet(*generator_, options_.sampling, compute_); }

  const RunOptions& options_;
  std::shared_ptr<const Source> source_;
  std::shared_ptr<Diffusion> generator_;
  Compute compute_;
};

ExitCode generate_train(const RunArguments& arguments, const Program& program) {
  RunOptions options;
  read(arguments.settings, describe(options));
  require_kind(options, RunKind::generate);
  GeneratorRun run(options);
  return run_training(arguments, options, run.plan(), program);
}

}  // namespace

void add_generate_train(CLI::App& generate, Program& program) {
  CLI::App* command = generate.add_subcommand(
      "train", "Train a diffusion model on images, with sheets of samples on the way");
  const auto arguments = std::make_shared<RunArguments>();
  add_run_arguments(*command, *arguments);
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return generate_train(*arguments, told); };
  });
}

}  // namespace inflow::tools
