#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/training/run_checks.hpp"
#include "inflow/tools/training/run_evaluation.hpp"
#include "inflow/tools/training/subcommands.hpp"
#include "inflow/tools/training/trained_run.hpp"

namespace inflow::tools {
namespace {

struct ProbeArguments {
  std::filesystem::path run;
  std::vector<std::string> assignments;
};

ExitCode probe(const ProbeArguments& arguments, const Program& program) {
  const RunDirectory directory = open_run(arguments.run);
  const TrainedRun run = open_trained_run(directory, arguments.assignments);
  if (!run.options.evaluation.has_test()) {
    throw UsageError("the run names no labeled sets: set evaluation.train and evaluation.test");
  }
  check_labeled_sets(run.options);
  warn_of_too_many_threads(run.options);
  apply(run.options.training.compute);
  const std::vector<EvaluationRow> rows = evaluate_run(run.options, *run.learner.encoder);
  const EvaluationOptions& protocol = run.options.evaluation.protocol;
  std::cout << (program.json ? to_json(rows, protocol) + "\n" : table_of(rows, protocol));
  return ExitCode::done;
}

}  // namespace

void add_probe(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "probe", "Evaluate the encoder of a run: nearest neighbors and a linear probe");
  const auto arguments = std::make_shared<ProbeArguments>();
  command->add_option("RUN", arguments->run, "A run directory")->required();
  command
      ->add_option("--set", arguments->assignments,
                   "Changes one of the run's settings, say evaluation.knn.k=200")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return probe(*arguments, told); };
  });
}

}  // namespace inflow::tools
