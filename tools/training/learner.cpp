#include "inflow/tools/training/learner.hpp"

#include <string>
#include <vector>

namespace inflow::tools {
namespace {

std::shared_ptr<Encoder> new_encoder(const RunOptions& options) {
  return encoders().make(options.encoder, options.pipeline.batch.channels);
}

// More would be made and not looked at.
void require_one_view(const RunOptions& options) {
  const std::size_t views = view_presets().make(options.pipeline.views).views();
  if (views == 1) return;
  throw_if_any(
      "the settings contradict each other",
      std::vector<Problem>{{"views.count", "inflow train looks at one view of a sample, found: " +
                                               std::to_string(views)}});
}

}  // namespace

Learner new_learner(const RunOptions& options) {
  if (options.supervised()) {
    const auto source = sources().make(options.pipeline.source);
    const auto classifier =
        new_classifier(options, static_cast<std::int64_t>(source->classes().size()));
    return {.objective = classifier, .encoder = &classifier->encoder()};
  }
  const std::shared_ptr<Method> method =
      methods().make(options.method, [&] { return new_encoder(options); });
  method->begin(options.pipeline.seed);
  return {.objective = method, .encoder = &method->encoder()};
}

std::shared_ptr<Classifier> new_classifier(const RunOptions& options, std::int64_t classes) {
  require_one_view(options);
  std::shared_ptr<Classifier> classifier =
      objectives().make(options.objective, new_encoder(options), std::int64_t{classes});
  classifier->begin(options.pipeline.seed);
  return classifier;
}

}  // namespace inflow::tools
