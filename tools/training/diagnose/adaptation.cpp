#include "inflow/tools/training/diagnose/adaptation.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "inflow/inflation/diagnostics/best_strength.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/tools/stop_signal.hpp"
#include "inflow/tools/training/diagnose/view_diagnosis.hpp"

namespace inflow::tools {
namespace {

using Json = nlohmann::ordered_json;

void set_weaken(RunOptions& options, double weaken) {
  auto views = options.pipeline.views.options.as<ViewOptions>();
  views.weaken = weaken;
  options.pipeline.views.options = AnyOptions(views);
}

// The diagnosis of each strength on the same images.
std::vector<Diagnosis> diagnose_each(RunOptions options) {
  const Eyes eyes = open_eyes(options);
  const DiagnosedImages images = diagnosed_images(options);
  const auto& looked_at = images.inflated ? images.inflated : images.real;
  std::vector<Diagnosis> all;
  for (const double weaken : options.weakenings) {
    spdlog::info("looking at views weakened by {}", weaken);
    set_weaken(options, weaken);
    all.push_back(
        diagnose(diagnosed_views(options, looked_at, eyes.embedding), options.diagnosis.measures));
  }
  return all;
}

Adapted choose(const RunOptions& options) {
  const ExitOnSignal at_once("nothing was written");
  apply(options.training.compute);
  const std::vector<Diagnosis> all = diagnose_each(options);
  const double best = options.weakenings[best_strength(all)];
  Json strengths = Json::array();
  for (std::size_t at = 0; at < all.size(); ++at)
    strengths.push_back(
        {{"weaken", options.weakenings[at]}, {"diagnosis", Json::parse(to_json(all[at]))}});
  return {.weaken = best, .curve = Json{{"weaken", best}, {"strengths", strengths}}.dump(2) + "\n"};
}

Adapted adapted(const RunOptions& options, const std::filesystem::path& run) {
  const std::filesystem::path file = run / kAdaptation;
  if (run.empty() || !std::filesystem::exists(file)) return choose(options);
  std::string curve = read_file(file);
  const Json json = Json::parse(curve, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("weaken") || !json["weaken"].is_number())
    throw InputError("no JSON object with a number weaken: " + file.string());
  return {.weaken = json["weaken"], .curve = std::move(curve)};
}

}  // namespace

std::optional<Adapted> adapt(RunOptions& options, const std::filesystem::path& run) {
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
  Adapted found = adapted(options, run);
  set_weaken(options, found.weaken);
  spdlog::info("adainf: views are weakened by {}", found.weaken);
  return found;
}

std::vector<Curve> adaptation_curves(const std::string& curve) {
  const Json json = Json::parse(curve);
  const auto line = [&](const std::string& title, auto value) {
    Line points;
    for (const Json& strength : json["strengths"]) {
      const Json& labeled = strength["diagnosis"]["labeled"];
      const Json& number = value(labeled);
      if (number.is_number())
        points.points.emplace_back(strength["weaken"].get<double>(), number.get<double>());
    }
    return Curve{.title = title, .x_label = "views.weaken", .lines = {std::move(points)}};
  };
  const auto of_classes = [](const char* key) {
    return [key](const Json& labeled) -> const Json& { return labeled["connections"][0][key]; };
  };
  return {line("phi / lambda", of_classes("score")),
          line("disagreement phi",
               [](const Json& labeled) -> const Json& { return labeled["disagreement"]; }),
          line("lambda", of_classes("eigenvalue"))};
}

}  // namespace inflow::tools
