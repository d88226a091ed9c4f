#include "inflow/tools/training/pretrain_options.hpp"

#include <memory>

#include "inflow/tools/program.hpp"
#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/training/subcommands.hpp"

namespace inflow::tools {
namespace {

class PretrainSettings final : public RunSettings {
 public:
  std::vector<Option> describe() override { return inflow::describe(options_); }
  PipelineOptions& pipeline() override { return options_.pipeline; }

 private:
  PretrainOptions options_;
};

struct SourceOnly {
  PartOptions source;
  void describe(auto& visitor) { visitor("source", source, sources().choices(), "Where samples come from"); }
};

bool same_source(PartOptions a, PartOptions b) {
  SourceOnly first{std::move(a)};
  SourceOnly second{std::move(b)};
  return to_json(describe(first)) == to_json(describe(second));
}

}  // namespace

std::unique_ptr<RunSettings> default_run_settings() { return std::make_unique<PretrainSettings>(); }

std::span<const AddSubcommand> training_subcommands() {
  static constexpr AddSubcommand kAll[] = {&add_pretrain, &add_probe, &add_export};
  return kAll;
}

void check(const PretrainOptions& options) {
  std::vector<Problem> problems;
  const EvaluationPlan& evaluation = options.evaluation;
  if (evaluation.wanted() && evaluation.train.type.empty()) {
    problems.push_back({"evaluation.train", "needed where evaluation.test is given"});
  }
  if (evaluation.wanted() && same_source(options.pipeline.source, evaluation.test)) {
    problems.push_back({"evaluation.test", "the same samples as source: test images must not be trained on"});
  }
  if (evaluation.wanted() && same_source(evaluation.train, evaluation.test)) {
    problems.push_back({"evaluation.test", "the same samples as evaluation.train"});
  }
  throw_if_any("the settings contradict each other", problems);
}

std::shared_ptr<Method> new_method(const PretrainOptions& options) {
  std::shared_ptr<Method> method =
      methods().make(options.method, encoders().make(options.encoder, options.pipeline.batch.channels));
  initialize(*method, options.pipeline.seed);
  return method;
}

}  // namespace inflow::tools
