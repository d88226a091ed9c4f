#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/tools/progress_line.hpp"
#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/stop_signal.hpp"
#include "inflow/tools/training/report.hpp"
#include "inflow/tools/training/run_evaluation.hpp"
#include "inflow/tools/training/subcommands.hpp"
#include "inflow/tools/training/trained_run.hpp"
#include "inflow/tools/training/versions.hpp"
#include "inflow/tools/watching.hpp"
#include "inflow/training/run_directory.hpp"
#include "inflow/training/trainer.hpp"

namespace inflow::tools {
namespace {

struct PretrainArguments {
  SettingsArguments settings;
  std::filesystem::path out;
  WatchArguments watch;
  bool resume = false;
  bool overwrite = false;

  std::filesystem::path directory() const {
    return out.empty() ? "runs" / settings.config.stem() : out;
  }
  RunMode mode() const {
    return resume ? RunMode::resume : overwrite ? RunMode::overwrite : RunMode::fresh;
  }
};

// Settings that do not change what training gives, so that a run may be resumed with other values
// of them.
constexpr std::string_view kFree[] = {"/limits", "/output", "/evaluation",
                                      "/training/checkpoint_every", "/training/keep_checkpoints"};

std::string line_of(const Progress& progress) {
  return fmt::format(
      "step {}/{}  loss {:.4f}  {:.0f} images/s  waiting {:.1f} %  left {}  memory {} MiB",
      progress.result.step, progress.steps, progress.result.loss, progress.images_per_second,
      100 * progress.waiting_share, minutes(progress.seconds_left), progress.resident_bytes >> 20);
}

// Brings trainer and loader to where the run stopped; a run without a checkpoint begins anew.
LoaderState restore(const RunDirectory& directory, Trainer& trainer, const std::string& settings,
                    LoaderState start) {
  const std::optional<Checkpoint> checkpoint = directory.newest();
  if (!checkpoint) return start;
  require_same_settings(settings, checkpoint->settings, kFree);
  trainer.restore(*checkpoint);
  spdlog::info("resuming after step {}", checkpoint->step);
  return checkpoint->loader;
}

// The table of a finished run: evaluated once, then read back.
std::string evaluation_table(const RunDirectory& directory, const PretrainOptions& options,
                             Encoder& encoder) {
  if (!options.evaluation.wanted()) return "";
  const std::vector<EvaluationRow> rows = evaluate_run(options, encoder);
  directory.write("evaluation.json", to_json(rows, options.evaluation.protocol));
  const std::string table = table_of(rows, options.evaluation.protocol);
  directory.write("evaluation.txt", table);
  return table;
}

void finish(const RunDirectory& directory, const PretrainOptions& options, Encoder& encoder) {
  const ExitOnSignal stop("trained but not finished; the same command with --resume goes on");
  export_run(options, encoder, directory.path() / "export");
  const std::string table = evaluation_table(directory, options, encoder);
  write_report(directory, options, table);
}

bool is_complete(const RunDirectory& directory) {
  return std::filesystem::exists(directory.path() / "report.html");
}

void print_result(const RunDirectory& directory, const PretrainOptions& options,
                  const Program& program) {
  if (!program.json) {
    if (options.evaluation.wanted()) std::cout << directory.read("evaluation.txt");
    std::cout << "run directory: " << directory.path().string()
              << "\nreport: " << (directory.path() / "report.html").string() << '\n';
    return;
  }
  nlohmann::ordered_json result{{"run", directory.path().string()},
                                {"steps", options.training.steps}};
  if (options.evaluation.wanted()) {
    result["evaluation"] = nlohmann::ordered_json::parse(directory.read("evaluation.json"));
  }
  std::cout << result.dump() << '\n';
}

RunEnding train(Trainer& trainer, Loader& loader, const RunDirectory& directory,
                const PretrainOptions& options, const std::string& settings, Watching& watching,
                const Program& program) {
  const StopSignal stop;
  ProgressLine line(program.quiet);
  return run(trainer, loader, directory, options.training, settings,
             {.report =
                  [&](const Progress& progress) {
                    watching.refresh();
                    if (line.due() || progress.result.step == progress.steps)
                      line.show(line_of(progress));
                  },
              .stop_requested = [&] { return stop.requested(); }});
}

ExitCode pretrain(const PretrainArguments& arguments, const Program& program) {
  PretrainOptions options;
  read(arguments.settings, describe(options));
  check(options);
  check_labeled_sets(options);
  warn_of_too_many_threads(options);
  const Graph graph = graph_of(options.pipeline);
  const Pipeline pipeline = compile(graph);
  const std::string settings = to_json(describe(options));

  const std::shared_ptr<Method> method = new_method(options);
  Trainer trainer(options.training, method);
  // Only now, so that settings that are refused leave no directory behind.
  const RunDirectory directory(arguments.directory(), arguments.mode());
  spdlog::info("{} samples, {} batches an epoch, {}", pipeline.samples_per_epoch(),
               pipeline.batches_per_epoch(), trainer.compute().summary);

  LoaderState state{.seed = options.pipeline.seed};
  if (arguments.resume) state = restore(directory, trainer, settings, state);
  const bool finished_before = trainer.step() == options.training.steps;
  if (!finished_before || !is_complete(directory)) {
    directory.write("resolved.yaml", to_yaml(describe(options)));
    directory.write("versions.json", versions_json(program.command_line));
    Watching watching(arguments.watch);
    const std::unique_ptr<Loader> loader =
        run_parallel(pipeline, options.pipeline.limits, state, watching.watcher());
    const RunEnding ending =
        train(trainer, *loader, directory, options, settings, watching, program);
    watching.finish(graph);
    if (ending == RunEnding::stopped) {
      spdlog::warn("stopped after step {}; the same command with --resume goes on", trainer.step());
      return ExitCode::interrupted;
    }
    finish(directory, options, method->encoder());
  }
  print_result(directory, options, program);
  return ExitCode::done;
}

}  // namespace

void add_pretrain(CLI::App& app, Program& program) {
  CLI::App* command =
      app.add_subcommand("pretrain", "Train an encoder without labels, evaluate and export it");
  const auto arguments = std::make_shared<PretrainArguments>();
  add_settings_arguments(*command, arguments->settings);
  command->add_option("--out,-o", arguments->out,
                      "Run directory; runs/<name of CONFIG> if not given");
  CLI::Option* resume = command->add_flag("--resume", arguments->resume,
                                          "Go on where the run in the directory stopped");
  command->add_flag("--overwrite", arguments->overwrite, "Delete the run in the directory first")
      ->excludes(resume);
  add_watch_arguments(*command, arguments->watch);
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return pretrain(*arguments, told); };
  });
}

}  // namespace inflow::tools
