#include "inflow/tools/training/pretrain_options.hpp"

#include <memory>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "inflow/tools/program.hpp"
#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/training/run_evaluation.hpp"
#include "inflow/tools/training/subcommands.hpp"

namespace inflow::tools {
namespace {

class PretrainSettings final : public RunSettings {
 public:
  std::vector<Option> describe() override { return inflow::describe(options_); }
  PipelineOptions& pipeline() override { return options_.pipeline; }
  OutputOptions& output() override { return options_.output; }
  void check() const override {
    tools::check(options_);
    check_labeled_sets(options_);
    static_cast<void>(Trainer(options_.training, new_method(options_)));
  }

 private:
  PretrainOptions options_;
};

struct SourceOnly {
  PartOptions source;
  void describe(auto& visitor) {
    visitor("source", source, optional_source(), "Where samples come from");
  }
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
  if (evaluation.wanted() && evaluation.train.type == "none") {
    problems.push_back({"evaluation.train", "needed where evaluation.test is given"});
  }
  if (evaluation.wanted() && same_source(options.pipeline.source, evaluation.test)) {
    problems.push_back(
        {"evaluation.test", "the same samples as source: test images must not be trained on"});
  }
  if (evaluation.wanted() && same_source(evaluation.train, evaluation.test)) {
    problems.push_back({"evaluation.test", "the same samples as evaluation.train"});
  }
  throw_if_any("the settings contradict each other", problems);
}

void warn_of_too_many_threads(const PretrainOptions& options) {
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  const auto warn = [&](std::string_view key, int threads) {
    if (cores > 0 && threads > cores)
      spdlog::warn("{} is {}, more than the {} cores of this machine", key, threads, cores);
  };
  warn("limits.threads", options.pipeline.limits.threads);
  warn("training.compute.threads", options.training.compute.threads);
}

std::shared_ptr<Method> new_method(const PretrainOptions& options) {
  std::shared_ptr<Method> method = methods().make(
      options.method, encoders().make(options.encoder, options.pipeline.batch.channels));
  initialize(*method, options.pipeline.seed);
  return method;
}

}  // namespace inflow::tools
