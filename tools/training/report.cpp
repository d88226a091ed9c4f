#include "inflow/tools/training/report.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "inflow/tools/preview.hpp"

namespace inflow::tools {
namespace {

constexpr int kPreviewedSamples = 8;

}  // namespace

Curve curve_of(const std::string& title, const std::string& lines, const std::string& key) {
  Line line_of_key;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    const auto entry = nlohmann::json::parse(line);
    if (!entry.contains(key)) continue;
    line_of_key.points.emplace_back(entry.at("step").get<double>(), entry.at(key).get<double>());
  }
  return {.title = title, .x_label = "step", .lines = {std::move(line_of_key)}};
}

std::vector<Curve> curves_of_all(const std::string& lines) {
  std::vector<Curve> curves;
  const auto first = nlohmann::ordered_json::parse(lines.substr(0, lines.find('\n')));
  for (const auto& [key, value] : first.items()) {
    if (key == "step") continue;
    std::string title = key;
    std::ranges::replace(title, '_', ' ');
    curves.push_back(curve_of(title, lines, key));
  }
  return curves;
}

void write_report(const RunDirectory& directory, const ReportContent& content) {
  const std::string metrics = directory.read("metrics.jsonl");
  const std::string timings = directory.read("timings.jsonl");
  const Image views = view_sheet(content.pipeline, kPreviewedSamples, content.own);
  std::vector<Curve> training = curves_of_all(metrics);
  training.push_back(curve_of("images a second", timings, "images_per_second"));
  std::string page = section("Evaluation", preformatted(content.evaluation));
  page += section("Training", figures(training));
  page += section("Held out", figures(content.held_out));
  page += section("What the policy learned when", figures(content.policy));
  page += section("Strength of views", figures(content.adaptation));
  if (!content.samples.empty())
    page += section("Samples", picture(content.samples, "samples", /*magnification=*/2));
  page += section("Views", "<p>Each row: the original, then its views.</p>" +
                               picture(views, "views", /*magnification=*/2));
  page += section("Settings", preformatted(directory.read("resolved.yaml")));
  page += section("Versions", preformatted(directory.read("versions.json")));
  const std::string title = std::filesystem::canonical(directory.path()).filename().string();
  directory.write("report.html", page_of(title, page));
}

}  // namespace inflow::tools
