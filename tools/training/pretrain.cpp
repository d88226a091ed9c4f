#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "inflow/tools/training/diagnose/adaptation.hpp"
#include "inflow/tools/training/learner.hpp"
#include "inflow/tools/training/policy_run.hpp"
#include "inflow/tools/training/report.hpp"
#include "inflow/tools/training/run_checks.hpp"
#include "inflow/tools/training/run_evaluation.hpp"
#include "inflow/tools/training/subcommands.hpp"
#include "inflow/tools/training/trained_run.hpp"
#include "inflow/tools/training/training_run.hpp"

namespace inflow::tools {
namespace {

// The table of a finished run.
std::string evaluation_table(const RunDirectory& directory, const RunOptions& options,
                             Encoder& encoder) {
  if (!options.evaluation.has_test()) return "";
  const std::vector<EvaluationRow> rows = evaluate_run(options, encoder);
  directory.write("evaluation.json", to_json(rows, options.evaluation.protocol));
  const std::string table = table_of(rows, options.evaluation.protocol);
  directory.write("evaluation.txt", table);
  return table;
}

void finish(const RunDirectory& directory, const RunOptions& options, Encoder& encoder,
            const OwnParts& own, const std::optional<Adapted>& adapted) {
  export_run(options, encoder, directory.path() / "export");
  const std::string table = evaluation_table(directory, options, encoder);
  ReportContent content{.pipeline = options.pipeline, .own = own, .evaluation = table};
  if (own.policy) content.policy = policy_curves(directory);
  if (adapted) content.adaptation = adaptation_curves(adapted->curve);
  write_report(directory, content);
}

ExitCode pretrain(const RunArguments& arguments, const Program& program) {
  RunOptions options;
  read(arguments.settings, describe(options));
  require_kind(options, RunKind::pretrain);
  check_policy(options);
  check_labeled_sets(options);
  const std::optional<Adapted> adapted = adapt(
      options, arguments.resume ? arguments.directory() : std::filesystem::path(), program.quiet);
  const Learner learner = new_learner(options);
  const DividedSource parts = learns_policy(options) ? policy_parts(options) : DividedSource{};
  RunPlan plan{.graph =
                   [&](const auto& series) {
                     return graph_of(options.pipeline, own_parts(options, parts.train, series));
                   },
               .objective = learner.objective,
               .begin =
                   [&](const RunDirectory& directory, std::int64_t) {
                     if (adapted) directory.write(kAdaptation, adapted->curve);
                   },
               .finish =
                   [&](const RunDirectory& directory, const auto& learned) {
                     finish(directory, options, *learner.encoder,
                            {.source = parts.train, .policy = learned}, adapted);
                   }};
  if (learns_policy(options)) {
    plan.policy = [&](const Pipeline& training, const Compute& compute) {
      return policy_setup(options, learner, training, parts.held_out, compute);
    };
  }
  return run_training(arguments, options, plan, program);
}

}  // namespace

void add_pretrain(CLI::App& app, Program& program) {
  CLI::App* command =
      app.add_subcommand("pretrain", "Train an encoder without labels, evaluate and export it");
  const auto arguments = std::make_shared<RunArguments>();
  add_run_arguments(*command, *arguments);
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return pretrain(*arguments, told); };
  });
}

}  // namespace inflow::tools
