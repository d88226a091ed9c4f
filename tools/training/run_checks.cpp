#include "inflow/tools/training/run_checks.hpp"

#include <memory>
#include <string_view>
#include <vector>

#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/training/labeled_parts.hpp"
#include "inflow/tools/training/learner.hpp"
#include "inflow/tools/training/policy_run.hpp"
#include "inflow/tools/training/run_evaluation.hpp"

namespace inflow::tools {
namespace {

// Throws for what a run with these settings would refuse before it makes its pipeline. Returns what
// it would train on and hold out; nothing where that is all of its source.
DividedSource checked_parts(const RunOptions& options) {
  check_policy(options);
  if (options.kind() == RunKind::train) {
    const LabeledParts parts = open_parts(options);
    return {.train = parts.train, .held_out = parts.held_out};
  }
  check_labeled_sets(options);
  return learns_policy(options) ? policy_parts(options) : DividedSource{};
}

class TrainingSettings final : public RunSettings {
 public:
  std::vector<Option> describe() override { return inflow::describe(options_); }
  PipelineOptions& pipeline() override { return options_.pipeline; }
  OutputOptions& output() override { return options_.output; }
  void check() override {
    if (options_.kind() == RunKind::generate) {
      const auto source = sources().make(options_.pipeline.source);
      static_cast<void>(new_generator(options_, source->classes().size()));
      return;
    }
    parts_ = checked_parts(options_);
    const Learner learner = new_learner(options_);
    const Trainer trainer(options_.training, learner.objective);
    if (!learns_policy(options_)) return;
    inflow::check(policy_setup(options_, learner, compile(graph_of(options_.pipeline, own())),
                               parts_.held_out, trainer.compute()));
  }
  OwnParts own() const override { return own_parts(options_, parts_.train, nullptr); }

 private:
  RunOptions options_;
  DividedSource parts_;
};

std::string name_of(RunKind kind) {
  switch (kind) {
    case RunKind::pretrain:
      return "inflow pretrain";
    case RunKind::train:
      return "inflow train";
    case RunKind::generate:
      return "inflow generate";
  }
  invariant_broken("settings of no kind");
}

}  // namespace

std::unique_ptr<RunSettings> default_run_settings() { return std::make_unique<TrainingSettings>(); }

void require_kind(const RunOptions& options, RunKind kind) {
  const bool supervised = options.objective.type != "none";
  const bool generates = options.generator.type != "none";
  std::vector<Problem> problems;
  if (kind == RunKind::train && !supervised)
    problems.push_back({"objective", "needed by inflow train, say {type: classification}"});
  if (kind != RunKind::train && supervised)
    problems.push_back({"objective", "is learned by inflow train, not by " + name_of(kind)});
  if (kind != RunKind::pretrain && options.adainf != Adaptation::none)
    problems.push_back({"adainf", "weakens the views of inflow pretrain"});
  if (kind == RunKind::generate && !generates)
    problems.push_back({"generator", "needed by inflow generate, say {type: diffusion}"});
  if (kind != RunKind::generate && generates)
    problems.push_back({"generator", "is learned by inflow generate, not by " + name_of(kind)});
  if (kind == RunKind::generate && learns_policy(options))
    problems.push_back({"policy", "learns from what encoders see, not from what is generated"});
  if (kind != RunKind::train && options.holdout.wanted() && !learns_policy(options)) {
    problems.push_back({"holdout",
                        "is held out by inflow train, and by inflow pretrain for a policy "
                        "that learns"});
  }
  throw_if_any("the settings are for another subcommand", problems);
}

void warn_of_too_many_threads(const RunOptions& options) {
  warn_of_too_many_threads("limits.threads", options.pipeline.limits.threads);
  warn_of_too_many_threads("training.compute.threads", options.training.compute.threads);
}

}  // namespace inflow::tools
