#include "inflow/tools/training/diagnose/adaptation.hpp"

#include <algorithm>
#include <cstdint>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "inflow/inflation/diagnostics/best_strength.hpp"
#include "inflow/inflation/diagnostics/confusion.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/pipeline/selection.hpp"
#include "inflow/tools/progress_line.hpp"
#include "inflow/tools/stop_signal.hpp"
#include "inflow/tools/training/diagnose/view_diagnosis.hpp"
#include "inflow/tools/training/learner.hpp"
#include "inflow/tools/training/opened_encoder.hpp"

namespace inflow::tools {
namespace {

using Json = nlohmann::ordered_json;

void set_weaken(RunOptions& options, double weaken) {
  auto views = options.pipeline.views.options.as<ViewOptions>();
  views.weaken = weaken;
  options.pipeline.views.options = AnyOptions(views);
}

bool has_labels(const Source& source) {
  return std::ranges::any_of(labels_of(source), [](std::int32_t label) { return label >= 0; });
}

// What is found of each strength on the same images.
struct Strengths {
  std::vector<Diagnosis> diagnoses{};
  std::vector<double> relative_confusions{};  // where there are no labels
};

Strengths diagnose_each(RunOptions options, const std::shared_ptr<const Source>& images) {
  const Eyes eyes = open_eyes(options);
  Strengths found;
  for (const double weaken : options.weakenings) {
    spdlog::info("looking at views weakened by {}", weaken);
    set_weaken(options, weaken);
    found.diagnoses.push_back(
        diagnose(diagnosed_views(options, images, eyes.embedding), options.diagnosis.measures));
  }
  return found;
}

// The first steps of the run.
void begin_training(const Learner& learner, const RunOptions& options, bool quiet) {
  Trainer trainer(options.training, learner.objective);
  const auto loader = run_parallel(compile(graph_of(options.pipeline)), options.pipeline.limits);
  const std::int64_t steps = std::min(options.diagnosis.steps, options.training.steps);
  ProgressLine line(quiet);
  const Rate rate;
  while (trainer.step() < steps) {
    trainer.train(as_tensors(loader->next()));
    if (line.due()) {
      line.show(rate.line(static_cast<std::uint64_t>(trainer.step()),
                          static_cast<std::uint64_t>(steps), "steps"));
    }
  }
}

// The same in the eyes of an encoder that has been trained with such views for a while.
Strengths train_with_each(RunOptions options, const std::shared_ptr<const Source>& images,
                          bool quiet) {
  Strengths found;
  for (const double weaken : options.weakenings) {
    spdlog::info("training {} steps with views weakened by {}", options.diagnosis.steps, weaken);
    set_weaken(options, weaken);
    const Learner learner = new_learner(options);
    const Embedding embedding = embedding_of(*learner.encoder);
    const double before = confusion_rate(diagnosed_views(options, images, embedding));
    begin_training(learner, options, quiet);
    found.diagnoses.push_back(
        diagnose(diagnosed_views(options, images, embedding), options.diagnosis.measures));
    found.relative_confusions.push_back(
        relative_confusion(before, found.diagnoses.back().confusion_rate));
  }
  return found;
}

Adapted choose(const RunOptions& options, bool quiet) {
  const ExitOnSignal at_once("nothing was written");
  apply(options.training.compute);
  const DiagnosedImages images = diagnosed_images(options);
  const auto& looked_at = images.inflated ? images.inflated : images.real;
  const bool labeled = has_labels(*looked_at);
  const Strengths found =
      labeled ? diagnose_each(options, looked_at) : train_with_each(options, looked_at, quiet);
  const double best = options.weakenings[labeled ? best_strength(found.diagnoses)
                                                 : best_strength(found.relative_confusions)];
  Json strengths = Json::array();
  for (std::size_t at = 0; at < found.diagnoses.size(); ++at) {
    Json strength{{"weaken", options.weakenings[at]},
                  {"diagnosis", Json::parse(to_json(found.diagnoses[at]))}};
    if (!labeled) strength["relative_confusion"] = found.relative_confusions[at];
    strengths.push_back(std::move(strength));
  }
  return {.weaken = best, .curve = Json{{"weaken", best}, {"strengths", strengths}}.dump(2) + "\n"};
}

Adapted adapted(const RunOptions& options, const std::filesystem::path& run, bool quiet) {
  const std::filesystem::path file = run / kAdaptation;
  if (run.empty() || !std::filesystem::exists(file)) return choose(options, quiet);
  std::string curve = read_file(file);
  const Json json = Json::parse(curve, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("weaken") || !json["weaken"].is_number())
    throw InputError("no JSON object with a number weaken: " + file.string());
  return {.weaken = json["weaken"], .curve = std::move(curve)};
}

}  // namespace

std::optional<Adapted> adapt(RunOptions& options, const std::filesystem::path& run, bool quiet) {
  if (options.adainf == Adaptation::none) return std::nullopt;
  const auto& views = options.pipeline.views.options.as<ViewOptions>();
  if (views.crop != CropKind::random_resized) {
    throw_if_any(
        "the settings contradict each other",
        std::vector<Problem>{{"adainf", "weakens views that are cropped at random sizes"}});
  }
  if (options.adainf == Adaptation::simple) {
    options.pipeline.views.options = AnyOptions(weakened_by_adainf(views));
    return std::nullopt;
  }
  Adapted found = adapted(options, run, quiet);
  set_weaken(options, found.weaken);
  spdlog::info("adainf: views are weakened by {}", found.weaken);
  return found;
}

std::vector<Curve> adaptation_curves(const std::string& curve) {
  const Json json = Json::parse(curve);
  const auto line = [&](const std::string& title, auto value) {
    Line points;
    for (const Json& strength : json["strengths"]) {
      const Json& number = value(strength);
      if (number.is_number())
        points.points.emplace_back(strength["weaken"].get<double>(), number.get<double>());
    }
    return Curve{.title = title, .x_label = "views.weaken", .lines = {std::move(points)}};
  };
  if (json["strengths"][0].contains("relative_confusion")) {
    return {line("relative confusion (ARC)",
                 [](const Json& of) -> const Json& { return of["relative_confusion"]; }),
            line("confusion rate (ACR) after training",
                 [](const Json& of) -> const Json& { return of["diagnosis"]["confusion_rate"]; })};
  }
  const auto labeled = [](const char* pointer) {
    return [at = Json::json_pointer(pointer)](const Json& of) -> const Json& {
      return of["diagnosis"]["labeled"][at];
    };
  };
  return {line("phi / lambda", labeled("/connections/0/score")),
          line("disagreement phi", labeled("/disagreement")),
          line("lambda", labeled("/connections/0/eigenvalue"))};
}

}  // namespace inflow::tools
