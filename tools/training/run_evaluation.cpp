#include "inflow/tools/training/run_evaluation.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "inflow/contrastive/evaluation/features.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/pipeline/selection.hpp"
#include "inflow/tools/training/labeled_parts.hpp"
#include "inflow/tools/training/learner.hpp"
#include "inflow/tools/training/plain_pass.hpp"

namespace inflow::tools {
namespace {

void check_settings(const RunOptions& options) {
  std::vector<Problem> problems;
  const EvaluationPlan& evaluation = options.evaluation;
  if (!evaluation.has_train()) {
    problems.push_back({"evaluation.train", "needed where evaluation.test is given"});
  }
  if (same_settings(options.pipeline.source, evaluation.test)) {
    problems.push_back(
        {"evaluation.test", "the same samples as source: test images must not be trained on"});
  }
  if (same_settings(evaluation.train, evaluation.test)) {
    problems.push_back({"evaluation.test", "the same samples as evaluation.train"});
  }
  throw_if_any("the settings contradict each other", problems);
}

// Throws InputError for a class with fewer samples than are drawn.
void require_enough(const Source& source, int of_each_class) {
  const std::span<const std::string> classes = source.classes();
  std::vector<int> counts(classes.size());
  for (const std::int32_t label : labels_of(source)) ++counts.at(static_cast<std::size_t>(label));
  const auto fewest = std::ranges::min_element(counts);
  if (*fewest >= of_each_class) return;
  throw InputError(fmt::format(
      "evaluation.train has {} samples of class {}, fewer than evaluation.few_labels.per_class, "
      "which is {}",
      *fewest, classes[static_cast<std::size_t>(fewest - counts.begin())], of_each_class));
}

struct LabeledSets {
  Pipeline train;
  Pipeline test;
  std::int64_t classes = 0;
};

LabeledSets labeled_sets(const RunOptions& options) {
  LabeledSets sets{.train = plain_pass(options, sources().make(options.evaluation.train)),
                   .test = plain_pass(options, sources().make(options.evaluation.test))};
  require_labels(*sets.train.source, "evaluation.train");
  require_same_classes({"evaluation.test", *sets.test.source},
                       {"evaluation.train", *sets.train.source});
  require_labels(*sets.test.source, "evaluation.test");
  require_enough(*sets.train.source, options.evaluation.protocol.few_labels.per_class);
  sets.classes = static_cast<std::int64_t>(sets.train.source->classes().size());
  return sets;
}

using Represent = std::function<LabeledFeatures(Loader&, std::int64_t classes)>;

}  // namespace

void check_labeled_sets(const RunOptions& options) {
  if (!options.evaluation.has_test()) return;
  check_settings(options);
  const LabeledSets sets = labeled_sets(options);
  require_not_in_pools("evaluation.test", *sets.test.source, options.pipeline.source,
                       options.pipeline.limits.threads);
}

std::vector<EvaluationRow> evaluate_run(const RunOptions& options, Encoder& trained) {
  const LabeledSets sets = labeled_sets(options);
  const auto measure = [&](const std::string& name, const Represent& represent) {
    spdlog::info("evaluating {}", name);
    const LimitOptions& limits = options.pipeline.limits;
    const LabeledFeatures known = represent(*run_parallel(sets.train, limits), sets.classes);
    const LabeledFeatures unknown = represent(*run_parallel(sets.test, limits), sets.classes);
    return evaluate(name, known, unknown, options.evaluation.protocol, options.pipeline.seed);
  };
  const auto encoded_by = [](Encoder& encoder) {
    return
        [&encoder](Loader& loader, std::int64_t count) { return encode(encoder, loader, count); };
  };

  // Initialization covers encoder and head together, so the encoder must be taken out of a new
  // learner to have the weights this run began with.
  const Learner untrained = new_learner(options);
  std::vector<EvaluationRow> rows;
  rows.push_back(measure("raw pixels", raw_pixels));
  rows.push_back(measure("untrained encoder", encoded_by(*untrained.encoder)));
  rows.push_back(measure("trained encoder", encoded_by(trained)));
  return rows;
}

}  // namespace inflow::tools
