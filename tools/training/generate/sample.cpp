#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "inflow/ops/random.hpp"
#include "inflow/pipeline/pool_directory.hpp"
#include "inflow/tools/mode_arguments.hpp"
#include "inflow/tools/progress_line.hpp"
#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/shard_argument.hpp"
#include "inflow/tools/stop_signal.hpp"
#include "inflow/tools/training/generate/drawing.hpp"
#include "inflow/tools/training/generate/generate.hpp"
#include "inflow/tools/training/run_checks.hpp"
#include "inflow/tools/training/trained_run.hpp"
#include "inflow/training/environment.hpp"

namespace inflow::tools {
namespace {

struct SampleArguments : ModeArguments {
  std::filesystem::path run;
  std::filesystem::path out;
  std::uint64_t count = 0;
  std::string shard = "1/1";
  std::vector<std::string> assignments;
};

std::string generator_settings(RunOptions options) {
  return nlohmann::ordered_json::parse(to_json(describe(options))).at("generator").dump();
}

PoolManifest manifest_of(TrainedGenerator& run, std::uint64_t count, const Compute& compute,
                         const ImageHashes& training_images) {
  std::vector<Option> sampling = describe(run.options.sampling);
  std::erase_if(sampling, [](const Option& option) { return option.name == "sheet_every"; });
  const auto size = static_cast<int>(run.generator->shape().size);
  return {.generator = run.options.generator.type,
          .generator_settings = generator_settings(run.options),
          .step = run.step,
          .weights = run.weights,
          .training_images = training_images.size(),
          .training_hash = training_images.digits(),
          .sampling_settings = to_json(std::move(sampling)),
          .seed = run.options.sampling.seed,
          .count = count,
          .samples_per_shard = static_cast<std::uint64_t>(run.options.sampling.shard_size),
          .image = {.height = size, .width = size},
          .channels = static_cast<int>(run.generator->shape().channels),
          .classes = run.classes,
          .environment = environment_json(compute),
          .results_version = kResultsVersion};
}

// A pool is gone on with, or shared, as it was begun. Threads and formats are compared by
// themselves, with a message of their own.
void require_same(const PoolManifest& now, const PoolManifest& before, const Compute& compute) {
  require_same_environment(before.environment, compute);
  require_same_settings(to_json(now), to_json(before), {});
}

void write_shard(Diffusion& generator, const PoolDirectory& directory, const PoolManifest& manifest,
                 const SamplingPlan& plan, const Compute& compute, std::uint64_t number) {
  const PoolShard& shard = directory.shard(number);
  const Samples drawn =
      draw(generator, plan, compute, shard.first, static_cast<std::int64_t>(shard.count));
  const at::Tensor pixels = as_bytes(drawn.images);
  std::span<const std::int64_t> labels;
  if (drawn.labels.defined()) {
    labels = {drawn.labels.const_data_ptr<std::int64_t>(),
              static_cast<std::size_t>(drawn.labels.numel())};
  }
  write_pool_shard(
      directory.path(), manifest, number,
      {pixels.const_data_ptr<std::uint8_t>(), static_cast<std::size_t>(pixels.numel())}, labels);
}

ExitCode generate_sample(const SampleArguments& arguments, const Program& program) {
  const OutputShard part = shard_of(arguments.shard);
  TrainedGenerator run = open_trained_generator(arguments.run, arguments.assignments);
  run.generator->check(run.options.sampling.sampler);
  warn_of_too_many_threads(run.options);
  const Compute compute = apply(run.options.training.compute);
  put_in_layout(*run.generator, compute);
  const ImageHashes training_images = read_image_hashes(arguments.run / kPoolTrainingImages);
  const PoolManifest manifest = manifest_of(run, arguments.count, compute, training_images);
  // Before there is a directory, which an end at once would leave half made.
  const StopSignal stop("finishing this file; again to abort");
  const PoolDirectory directory(arguments.out, arguments.mode(), part, manifest, training_images);
  require_same(manifest, directory.manifest(), compute);

  const std::vector<std::uint64_t> missing = directory.missing();
  spdlog::info("{} of {} files to draw", missing.size(), directory.shards().size());
  std::uint64_t done = 0;
  {
    ProgressLine line(program.quiet);
    const Rate rate;
    for (const std::uint64_t number : missing) {
      if (stop.requested()) break;
      write_shard(*run.generator, directory, manifest, run.options.sampling, compute, number);
      ++done;
      if (line.due() || done == missing.size()) {
        line.show(fmt::format("{}/{} files  {:.1f} samples/s  left {}", done, missing.size(),
                              rate.per_second(done * manifest.samples_per_shard),
                              rate.left(done, missing.size())));
      }
    }
  }
  const bool complete = done == missing.size();
  const std::uint64_t files = directory.shards().size() - directory.missing().size();
  if (program.json) {
    std::cout << nlohmann::ordered_json{{"out", arguments.out.string()},
                                        {"complete", complete},
                                        {"samples", manifest.count},
                                        {"files", files}}
                     .dump()
              << '\n';
  } else {
    std::cout << fmt::format("{}: {} samples in {} files\n", arguments.out.string(), manifest.count,
                             files);
  }
  if (complete) return ExitCode::done;
  spdlog::warn("stopped after {} of {} files; the same command with --resume goes on", files,
               directory.shards().size());
  return ExitCode::interrupted;
}

}  // namespace

void add_generate_sample(CLI::App& generate, Program& program) {
  CLI::App* command =
      generate.add_subcommand("sample", "Draw a pool of samples from a generator that was trained");
  const auto arguments = std::make_shared<SampleArguments>();
  command->add_option("RUN", arguments->run, "A run directory of inflow generate train")
      ->required();
  command->add_option("--out,-o", arguments->out, "Directory of the pool")->required();
  command->add_option("--count,-n", arguments->count, "Samples of the whole pool")
      ->required()
      ->check(CLI::PositiveNumber);
  add_shard_argument(*command, arguments->shard);
  command
      ->add_option("--set", arguments->assignments,
                   "Changes one of the run's settings, say sampling.steps=100")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  add_mode_arguments(*command, *arguments, "Draw what is missing of the pool in the directory",
                     "Delete the pool in the directory first");
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return generate_sample(*arguments, told); };
  });
}

}  // namespace inflow::tools
