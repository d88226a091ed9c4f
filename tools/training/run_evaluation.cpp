#include "inflow/tools/training/run_evaluation.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/pipeline/selection.hpp"

namespace inflow::tools {
namespace {

// One pass over a labeled set, in its own order, each image plain.
Pipeline plain_pass(const PretrainOptions& options, const PartOptions& source) {
  PipelineOptions plain = options.pipeline;
  plain.source = source;
  plain.shuffle = false;
  ViewOptions views = view_presets().part("plain").options.as<ViewOptions>();
  const auto& trained_on = options.pipeline.views.options.as<ViewOptions>();
  views.size = trained_on.size;
  views.filter = trained_on.filter;
  views.antialias = trained_on.antialias;
  views.mean = trained_on.mean;
  views.stddev = trained_on.stddev;
  views.profile = trained_on.profile;
  plain.views.options = AnyOptions(views);
  plain.policy = policies().part("none");
  plain.mix = {};
  plain.batch.size = options.evaluation.batch;
  plain.batch.last = LastBatch::partial;
  Pipeline pass = compile(graph_of(plain));
  pass.epochs = 1;
  return pass;
}

// Throws InputError for a sample without label and for a class with fewer samples than are drawn.
void require_labels(const Source& source, std::string_view key, int of_each_class) {
  const std::span<const std::string> classes = source.classes();
  std::vector<int> counts(classes.size());
  std::uint64_t index = 0;
  for (const std::int32_t label : labels_of(source)) {
    if (label < 0) throw InputError(fmt::format("{} has no label for sample {}", key, index));
    ++counts.at(static_cast<std::size_t>(label));
    ++index;
  }
  const auto fewest = std::ranges::min_element(counts);
  if (*fewest >= of_each_class) return;
  throw InputError(fmt::format(
      "{} has {} samples of class {}, fewer than evaluation.few_labels.per_class, which is {}", key,
      *fewest, classes[static_cast<std::size_t>(fewest - counts.begin())], of_each_class));
}

struct LabeledSets {
  Pipeline train;
  Pipeline test;
  std::int64_t classes = 0;
};

LabeledSets labeled_sets(const PretrainOptions& options) {
  LabeledSets sets{.train = plain_pass(options, options.evaluation.train),
                   .test = plain_pass(options, options.evaluation.test)};
  const std::size_t classes = sets.train.source->classes().size();
  if (classes == 0) throw InputError("evaluation.train has no labels");
  if (sets.test.source->classes().size() != classes) {
    throw InputError("evaluation.test and evaluation.train differ in their classes: " +
                     std::to_string(sets.test.source->classes().size()) + " and " +
                     std::to_string(classes));
  }
  require_labels(*sets.train.source, "evaluation.train",
                 options.evaluation.protocol.few_labels.per_class);
  require_labels(*sets.test.source, "evaluation.test", 0);
  sets.classes = static_cast<std::int64_t>(classes);
  return sets;
}

using Represent = std::function<LabeledFeatures(Loader&, std::int64_t classes)>;

}  // namespace

void check_labeled_sets(const PretrainOptions& options) {
  if (options.evaluation.wanted()) static_cast<void>(labeled_sets(options));
}

std::vector<EvaluationRow> evaluate_run(const PretrainOptions& options, Encoder& trained) {
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

  // The method's initialization covers encoder and head together, so the encoder must be taken out
  // of a new method to have the weights this run began with.
  const std::shared_ptr<Method> untrained = new_method(options);
  std::vector<EvaluationRow> rows;
  rows.push_back(measure("raw pixels", raw_pixels));
  rows.push_back(measure("untrained encoder", encoded_by(untrained->encoder())));
  rows.push_back(measure("trained encoder", encoded_by(trained)));
  return rows;
}

}  // namespace inflow::tools
