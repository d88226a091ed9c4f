#include "inflow/pipeline/augment.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "inflow/pipeline/graph.hpp"
#include "inflow/tools/mode_arguments.hpp"
#include "inflow/tools/program.hpp"
#include "inflow/tools/progress_line.hpp"
#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/shard_argument.hpp"
#include "inflow/tools/stop_signal.hpp"
#include "inflow/tools/watching.hpp"

namespace inflow::tools {
namespace {

struct AugmentArguments : ModeArguments {
  SettingsArguments settings;
  std::filesystem::path out;
  std::string shard = "1/1";
  WatchArguments watch;
  bool retry = false;
  bool strict = false;

  RunMode mode() const { return retry ? RunMode::resume : ModeArguments::mode(); }
};

AugmentOptions options_of(const AugmentArguments& arguments) {
  const auto settings = default_run_settings();
  read(arguments.settings, settings->describe());
  AugmentOptions options{.pipeline = settings->pipeline(), .output = settings->output()};
  warn_of_too_many_threads("limits.threads", options.pipeline.limits.threads);
  if (!arguments.out.empty()) options.output.path = arguments.out.string();
  if (options.output.path.empty())
    options.output.path = ("augmented" / arguments.settings.config.stem()).string();
  return options;
}

constexpr std::string_view kFree[] = {"/faults"};

// A job is resumed as it was begun, but for what becomes of bad samples.
void check_resumed(const OutputDirectory& directory, const AugmentJob& job) {
  AugmentOptions before;
  read_settings({.file = directory.settings_path()}, describe(before));
  AugmentOptions now = recorded(job);
  require_same_settings(to_json(describe(now)), to_json(describe(before)), kFree);
  directory.replace_settings(settings_of(job));
}

std::string line_of(const AugmentProgress& progress, const Rate& rate) {
  return fmt::format("{}/{} samples  {:.0f} samples/s  left {}  failures {}", progress.samples,
                     progress.all, rate.per_second(progress.samples),
                     rate.left(progress.samples, progress.all), progress.failures);
}

void print_result(const OutputDirectory& directory, const OutputState& state, double seconds,
                  std::uint64_t written, const Program& program) {
  const double rate = static_cast<double>(written) / std::max(seconds, 1e-3);
  const std::string path = directory.path().string();
  if (program.json) {
    std::cout << nlohmann::ordered_json{{"out", path},
                                        {"complete", state.complete},
                                        {"samples", state.samples},
                                        {"pictures", state.pictures},
                                        {"files", state.files},
                                        {"bytes", state.bytes},
                                        {"failures", state.failures},
                                        {"seconds", seconds},
                                        {"samples_per_second", rate}}
                     .dump()
              << '\n';
    return;
  }
  std::cout << fmt::format(
      "{}: {} samples, {} pictures in {} files, {:.1f} MiB, {:.1f} s, {:.0f} samples/s\n", path,
      state.samples, state.pictures, state.files, static_cast<double>(state.bytes) / (1 << 20),
      seconds, rate);
}

ExitCode augment(const AugmentArguments& arguments, const Program& program) {
  const AugmentJob job = augment_job(options_of(arguments), shard_of(arguments.shard));
  static_cast<void>(sink_of(job, {}));
  Watching watching(arguments.watch);
  // Before there is a directory, which an end at once would leave half made.
  const StopSignal stop("finishing what was begun; again to abort");
  // Only now, so that settings that are refused leave no directory behind.
  OutputDirectory directory(job.options.output.path, arguments.mode(), job.shard, settings_of(job));
  if (arguments.mode() == RunMode::resume) check_resumed(directory, job);
  const std::unique_ptr<Sink> sink = sink_of(job, directory.path());
  const OutputState begun = directory.restore().value_or(OutputState{});
  spdlog::info("{} samples, {} epochs, {} views to {}", job.pipeline.samples_per_epoch(),
               job.pipeline.epochs, job.pipeline.views.views(), directory.path().string());

  const Rate rate(begun.samples + begun.failures);
  AugmentEnding ending{};
  {
    ProgressLine line(program.quiet);
    const AugmentHooks hooks{.report =
                                 [&](const AugmentProgress& progress) {
                                   watching.refresh();
                                   if (line.due() || progress.samples == progress.all)
                                     line.show(line_of(progress, rate));
                                 },
                             .stop_requested = [&] { return stop.requested(); },
                             .watcher = watching.watch(job.pipeline, job.options.pipeline.limits,
                                                       Watchdog::Consumer::steady)};
    ending = arguments.retry ? retry_failures(job, *sink, directory, hooks)
                             : inflow::augment(job, *sink, directory, hooks);
  }
  watching.finish(graph_of(job.options.pipeline));
  const OutputState state = directory.restore().value();
  if (state.failures > 0) {
    spdlog::warn("{} samples could not be read, see {}; --retry-failures tries them again",
                 state.failures, directory.failure_path().string());
  }
  print_result(directory, state, rate.seconds(), state.samples - begun.samples, program);
  if (ending == AugmentEnding::stopped) {
    spdlog::warn("stopped after {} samples; the same command with {} goes on", state.samples,
                 arguments.retry ? "--retry-failures" : "--resume");
    return ExitCode::interrupted;
  }
  return arguments.strict && state.failures > 0 ? ExitCode::some_bad : ExitCode::done;
}

}  // namespace

void add_augment(CLI::App& app, Program& program) {
  CLI::App* command =
      app.add_subcommand("augment", "Write augmented pictures: a folder, tar or npz shards");
  const auto arguments = std::make_shared<AugmentArguments>();
  add_settings_arguments(*command, arguments->settings);
  command->add_option("--out,-o", arguments->out,
                      "Stands for --set output.path=DIR; augmented/<name of CONFIG> if not given");
  add_shard_argument(*command, arguments->shard);
  add_memory_limit_argument(*command, arguments->settings);
  add_mode_arguments(*command, *arguments, "Go on where the job in the directory stopped",
                     "Delete the job in the directory first");
  command
      ->add_flag("--retry-failures", arguments->retry,
                 "Only try the samples again that a finished job could not read")
      ->excludes("--resume")
      ->excludes("--overwrite");
  command->add_flag("--strict-exit", arguments->strict,
                    "Exit with status 3 if samples could not be read");
  add_watch_arguments(*command, arguments->watch);
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return augment(*arguments, told); };
  });
}

}  // namespace inflow::tools
