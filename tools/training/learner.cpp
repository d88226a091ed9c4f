#include "inflow/tools/training/learner.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace inflow::tools {
namespace {

std::shared_ptr<Encoder> new_encoder(const RunOptions& options) {
  return encoders().make(options.encoder, options.pipeline.batch.channels);
}

// More would be made and not looked at.
std::vector<Problem> more_than_one_view(const RunOptions& options, const std::string& who) {
  const std::size_t views = view_presets().make(options.pipeline.views).views();
  if (views == 1) return {};
  return {{"views.count", who + " looks at one view of a sample, found: " + std::to_string(views)}};
}

// Generators learn values in -1 .. 1, which is what samples are written from.
std::vector<Problem> wrong_for_generator(const RunOptions& options) {
  std::vector<Problem> problems = more_than_one_view(options, "inflow generate");
  const auto& views = options.pipeline.views.options.as<ViewOptions>();
  const auto is_half = [](float value) { return value == 0.5F; };
  if (!std::ranges::all_of(views.mean, is_half)) {
    problems.push_back({"views.mean", "must be 0.5 of every channel for a generator"});
  }
  if (!std::ranges::all_of(views.stddev, is_half)) {
    problems.push_back({"views.stddev", "must be 0.5 of every channel for a generator"});
  }
  if (options.pipeline.batch.dtype != Dtype::float32) {
    problems.push_back({"batch.dtype", "must be float32 for a generator"});
  }
  return problems;
}

constexpr std::string_view kContradiction = "the settings contradict each other";

}  // namespace

Learner new_learner(const RunOptions& options) {
  if (options.kind() == RunKind::train) {
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
  throw_if_any(std::string(kContradiction), more_than_one_view(options, "inflow train"));
  std::shared_ptr<Classifier> classifier =
      objectives().make(options.objective, new_encoder(options), std::int64_t{classes});
  classifier->begin(options.pipeline.seed);
  return classifier;
}

std::shared_ptr<Diffusion> new_generator(const RunOptions& options, std::size_t classes) {
  throw_if_any(std::string(kContradiction), wrong_for_generator(options));
  std::shared_ptr<Diffusion> generator =
      generators().make(options.generator,
                        ImageShape{.channels = options.pipeline.batch.channels,
                                   .size = options.pipeline.views.options.as<ViewOptions>().size},
                        static_cast<std::int64_t>(classes));
  generator->begin(options.pipeline.seed);
  return generator;
}

}  // namespace inflow::tools
