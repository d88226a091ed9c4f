#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "inflow/tools/training/class_report.hpp"
#include "inflow/tools/training/labeled_parts.hpp"
#include "inflow/tools/training/learner.hpp"
#include "inflow/tools/training/plain_pass.hpp"
#include "inflow/tools/training/policy_run.hpp"
#include "inflow/tools/training/report.hpp"
#include "inflow/tools/training/run_checks.hpp"
#include "inflow/tools/training/subcommands.hpp"
#include "inflow/tools/training/trained_run.hpp"
#include "inflow/tools/training/training_run.hpp"

namespace inflow::tools {
namespace {

constexpr std::string_view kHoldout = "holdout.jsonl";  // a line for each evaluation on it

// A run that learns labels: what is held out is predicted as training goes on, the test set only
// once it is over.
class LabeledRun {
 public:
  explicit LabeledRun(const RunOptions& options)
      : options_(options),
        parts_(open_parts(options)),
        classifier_(new_classifier(options, static_cast<std::int64_t>(classes().size()))),
        steps_per_epoch_(compile(graph(nullptr)).batches_per_epoch()) {
    // Now rather than once it is trained, so that what these would refuse is refused before.
    if (parts_.held_out) held_out_ = plain_pass(options, parts_.held_out);
    if (parts_.test) test_ = plain_pass(options, parts_.test);
  }

  RunPlan plan() {
    return {.graph = [this](const auto& series) { return graph(series); },
            .objective = classifier_,
            .policy = learns_policy(options_) ? policy() : nullptr,
            .begin =
                [this](const RunDirectory& directory, std::int64_t done) {
                  if (held_out_) directory.keep_lines(kHoldout, evaluations_until(done));
                },
            .after_step = [this](const RunDirectory& directory,
                                 std::int64_t step) { after_step(directory, step); },
            .status = [this] { return status_; },
            .finish = [this](const RunDirectory& directory,
                             const auto& learned) { finish(directory, learned); }};
  }

 private:
  std::span<const std::string> classes() const { return parts_.train->classes(); }

  Graph graph(const std::shared_ptr<PolicySeries>& series) const {
    return graph_of(options_.pipeline, own_parts(options_, parts_.train, series));
  }

  std::function<PolicyLearningSetup(const Pipeline&, const Compute&)> policy() {
    return [this](const Pipeline& training, const Compute& compute) {
      return policy_setup(options_, {.objective = classifier_, .encoder = &classifier_->encoder()},
                          training, parts_.held_out, compute);
    };
  }

  std::int64_t every() const {
    return options_.holdout.every > 0 ? options_.holdout.every
                                      : static_cast<std::int64_t>(steps_per_epoch_);
  }
  bool is_last(std::int64_t step) const { return step == options_.training.steps; }
  std::int64_t evaluations_until(std::int64_t step) const {
    return step / every() + (is_last(step) && step % every() != 0 ? 1 : 0);
  }

  ClassScores scores(const Pipeline& pass) {
    return scores_of(*classifier_, *run_parallel(pass, options_.pipeline.limits));
  }

  void after_step(const RunDirectory& directory, std::int64_t step) {
    if (!held_out_ || (step % every() != 0 && !is_last(step))) return;
    const ClassScores found = scores(*held_out_);
    const std::uint64_t epochs = static_cast<std::uint64_t>(step) / steps_per_epoch_;
    directory.append(kHoldout, evaluation_line(step, epochs, found));
    status_ = fmt::format("  held out {:.2f} %", found.accuracy());
  }

  void finish(const RunDirectory& directory, const std::shared_ptr<const Policy>& learned) {
    export_run(options_, classifier_->encoder(), directory.path() / "export");
    ReportContent content{.pipeline = options_.pipeline,
                          .own = {.source = parts_.train, .policy = learned},
                          .evaluation = evaluate(directory)};
    if (learned) content.policy = policy_curves(directory);
    if (held_out_) {
      const std::string lines = directory.read(kHoldout);
      directory.write("curves.csv", curves_csv(lines, directory.read("metrics.jsonl"), classes()));
      content.held_out = {curve_of("loss", lines, "loss"),
                          curve_of("accuracy in %", lines, "accuracy")};
    }
    write_report(directory, content);
  }

  // The table of a finished run; empty if there is nothing to evaluate on.
  std::string evaluate(const RunDirectory& directory) {
    std::vector<NamedScores> sets;
    const auto add = [&](const std::string& name, const std::optional<Pipeline>& pass) {
      if (!pass) return;
      spdlog::info("evaluating {}", name);
      sets.push_back({.name = name, .scores = scores(*pass)});
    };
    add("held out", held_out_);
    add("test", test_);
    if (sets.empty()) return "";
    directory.write("evaluation.json", class_json(sets, classes(), options_.training.steps));
    std::string table = class_table(sets, classes());
    directory.write("evaluation.txt", table);
    return table;
  }

  const RunOptions& options_;
  LabeledParts parts_;
  std::shared_ptr<Classifier> classifier_;
  std::uint64_t steps_per_epoch_;
  std::optional<Pipeline> held_out_;
  std::optional<Pipeline> test_;
  std::string status_;
};

ExitCode train(const RunArguments& arguments, const Program& program) {
  RunOptions options;
  read(arguments.settings, describe(options));
  require_kind(options, RunKind::train);
  check_policy(options);
  LabeledRun run(options);
  return run_training(arguments, options, run.plan(), program);
}

}  // namespace

void add_train(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "train", "Train an encoder and a classifier on labels, evaluate and export it");
  const auto arguments = std::make_shared<RunArguments>();
  add_run_arguments(*command, *arguments);
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return train(*arguments, told); };
  });
}

}  // namespace inflow::tools
