#include "inflow/tools/training/training_run.hpp"

#include <iostream>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "inflow/pipeline/run.hpp"
#include "inflow/tools/balance_text.hpp"
#include "inflow/tools/progress_line.hpp"
#include "inflow/tools/stop_signal.hpp"
#include "inflow/tools/training/policy_run.hpp"
#include "inflow/tools/training/run_checks.hpp"
#include "inflow/tools/training/versions.hpp"

namespace inflow::tools {
namespace {

// Settings that do not change what training gives, so that a run may be resumed with other values
// of them. What a diagnosis chose is kept.
constexpr std::string_view kFree[] = {"/limits",
                                      "/output",
                                      "/evaluation",
                                      "/diagnosis",
                                      "/sampling",
                                      "/training/checkpoint_every",
                                      "/training/keep_checkpoints"};

// The checkpoint to go on from, which the trainer has taken up; none for a run without one, which
// begins anew.
std::optional<Checkpoint> restore(const RunDirectory& directory, Trainer& trainer,
                                  const std::string& settings) {
  std::optional<Checkpoint> checkpoint = directory.newest();
  if (!checkpoint) return checkpoint;
  require_same_settings(settings, checkpoint->settings, kFree);
  trainer.restore(*checkpoint);
  spdlog::info("resuming after step {}", checkpoint->step);
  return checkpoint;
}

bool is_complete(const RunDirectory& directory) {
  return std::filesystem::exists(directory.path() / "report.html");
}

bool is_evaluated(const RunDirectory& directory) {
  return std::filesystem::exists(directory.path() / "evaluation.json");
}

void print_result(const RunDirectory& directory, const RunOptions& options,
                  const Program& program) {
  if (!program.json) {
    if (is_evaluated(directory)) std::cout << directory.read("evaluation.txt");
    std::cout << "run directory: " << directory.path().string()
              << "\nreport: " << (directory.path() / "report.html").string() << '\n';
    return;
  }
  nlohmann::ordered_json result{{"run", directory.path().string()},
                                {"steps", options.training.steps}};
  if (is_evaluated(directory)) {
    result["evaluation"] = nlohmann::ordered_json::parse(directory.read("evaluation.json"));
  }
  std::cout << result.dump() << '\n';
}

RunEnding train(Trainer& trainer, Loader& loader, const RunDirectory& directory,
                const RunOptions& options, const std::string& settings, const RunPlan& plan,
                PolicyLearning* learning, bool mixes_origins, Watching& watching,
                const StopSignal& stop, const Program& program) {
  if (plan.begin) plan.begin(directory, trainer.step());
  if (learning != nullptr) begin_history(directory, learning->history());
  ProgressLine line(program.quiet);
  return run(trainer, loader, directory, options.training, settings,
             {.report =
                  [&](const Progress& progress) {
                    watching.refresh();
                    if (line.due() || progress.result.step == progress.steps)
                      line.show(line_of(progress) + (plan.status ? plan.status() : ""));
                  },
              .after_step =
                  [&](std::int64_t step) {
                    if (plan.after_step) plan.after_step(directory, step);
                    if (learning != nullptr) {
                      append_history(directory, learning->history(),
                                     /*all=*/step == options.training.steps);
                    }
                  },
              .stop_requested = [&] { return stop.requested(); },
              .mixes_origins = mixes_origins});
}

}  // namespace

std::string line_of(const Progress& progress) {
  return fmt::format(
      "step {}/{}  loss {:.4f}  {:.0f} images/s  waiting {:.1f} %  left {}  memory {} MiB",
      progress.result.step, progress.steps, progress.result.loss, progress.images_per_second,
      100 * progress.waiting_share, minutes(progress.seconds_left), progress.resident_bytes >> 20);
}

void add_run_arguments(CLI::App& command, RunArguments& arguments) {
  add_settings_arguments(command, arguments.settings);
  command.add_option("--out,-o", arguments.out,
                     "Run directory; runs/<name of CONFIG> if not given");
  add_mode_arguments(command, arguments, "Go on where the run in the directory stopped",
                     "Delete the run in the directory first");
  add_watch_arguments(command, arguments.watch);
}

ExitCode run_training(const RunArguments& arguments, RunOptions& options, const RunPlan& plan,
                      const Program& program) {
  warn_of_too_many_threads(options);
  Graph graph = plan.graph(nullptr);
  Pipeline pipeline = compile(graph);
  const std::string settings = to_json(describe(options));
  Trainer trainer(options.training, plan.objective);
  std::shared_ptr<PolicyLearning> learning;
  if (plan.policy) {
    learning = std::make_shared<PolicyLearning>(plan.policy(pipeline, trainer.compute()));
    trainer.accompany(learning);
  }
  tools::check(arguments.watch);
  // Before there is a directory, which an end at once would leave half made.
  const StopSignal stop;
  // Only now, so that settings that are refused leave no directory behind.
  const RunDirectory directory(arguments.directory(), arguments.mode());
  spdlog::info("{} samples, {} batches an epoch, {}", pipeline.samples_per_epoch(),
               pipeline.batches_per_epoch(), trainer.compute().summary);
  const std::string balance =
      balance_text(pipeline, static_cast<std::uint64_t>(options.training.steps));
  if (!balance.empty()) spdlog::info("{}", balance);

  LoaderState state{.seed = options.pipeline.seed};
  if (arguments.resume) {
    if (const auto checkpoint = restore(directory, trainer, settings)) state = checkpoint->loader;
  }
  if (learning) {
    warn_if_never_updated(options, pipeline.batches_per_epoch());
    graph = plan.graph(learning->series());
    pipeline = compile(graph);
  }
  const bool finished_before = trainer.step() == options.training.steps;
  if (!finished_before || !is_complete(directory)) {
    directory.write("resolved.yaml", to_yaml(describe(options)));
    directory.write("versions.json", versions_json(program.command_line));
    Watching watching(arguments.watch);
    const std::unique_ptr<Loader> loader = run_parallel(
        pipeline, options.pipeline.limits, state,
        watching.watch(pipeline, options.pipeline.limits, Watchdog::Consumer::pausing));
    const Rate rate;
    const RunEnding ending = train(trainer, *loader, directory, options, settings, plan,
                                   learning.get(), !balance.empty(), watching, stop, program);
    watching.finish(graph);
    if (learning) {
      spdlog::info("{:.1f} % of the time went into the policy",
                   100 * learning->seconds() / rate.seconds());
    }
    if (ending == RunEnding::stopped) {
      spdlog::warn("stopped after step {}; the same command with --resume goes on", trainer.step());
      return ExitCode::interrupted;
    }
    const ExitOnSignal at_once("trained but not finished; the same command with --resume goes on");
    plan.finish(directory, learning ? learning->newest() : nullptr);
  }
  print_result(directory, options, program);
  return ExitCode::done;
}

}  // namespace inflow::tools
