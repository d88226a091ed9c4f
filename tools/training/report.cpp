#include "inflow/tools/training/report.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include "inflow/pipeline/sheet.hpp"
#include "inflow/tools/preview.hpp"
#include "inflow/tools/training/plot.hpp"

namespace inflow::tools {
namespace {

constexpr int kPreviewedSamples = 8;

constexpr std::string_view kStyle =
    "body{font-family:sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "pre{background:#f4f4f4;padding:1rem;overflow:auto}img{image-rendering:pixelated}svg{max-width:"
    "100%}";

std::string base64(const std::vector<std::uint8_t>& bytes) {
  using namespace boost::archive::iterators;
  using Encode =
      base64_from_binary<transform_width<std::vector<std::uint8_t>::const_iterator, 6, 8>>;
  std::string text(Encode(bytes.begin()), Encode(bytes.end()));
  return text.append((3 - bytes.size() % 3) % 3, '=');
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string figure(const Curve& curve) {
  if (std::ranges::all_of(curve.lines, [](const Line& line) { return line.points.empty(); }))
    return "";
  const auto svg = plot_svg(curve.title, curve.x_label, curve.lines);
  return svg ? *svg : fmt::format("<p>{}: not drawn, gnuplot could not be run</p>", curve.title);
}

std::string figures(const std::vector<Curve>& curves) {
  std::string body;
  for (const Curve& curve : curves) body += figure(curve);
  return body;
}

std::string section(std::string_view title, std::string_view body) {
  return body.empty() ? "" : fmt::format("<h2>{}</h2>\n{}\n", title, body);
}

std::string picture(std::string_view name, const Image& image) {
  return fmt::format("<img alt=\"{}\" width=\"{}\" src=\"data:image/png;base64,{}\">", name,
                     image.cols * 2, base64(encode_png(image)));
}

std::string preformatted(std::string_view text) {
  return text.empty() ? "" : fmt::format("<pre>{}</pre>", escaped(text));
}

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

void write_report(const RunDirectory& directory, const ReportContent& content) {
  const std::string metrics = directory.read("metrics.jsonl");
  const std::string timings = directory.read("timings.jsonl");
  const Image views = view_sheet(content.pipeline, kPreviewedSamples, content.own);
  const std::string title =
      escaped(std::filesystem::canonical(directory.path()).filename().string());
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta "
      "charset=\"utf-8\"><title>{0}</title><style>{1}</style></head>\n"
      "<body><h1>{0}</h1>\n",
      title, kStyle);
  page += section("Evaluation", preformatted(content.evaluation));
  page += section("Training", figures({curve_of("loss", metrics, "loss"),
                                       curve_of("learning rate", metrics, "learning_rate"),
                                       curve_of("norm of the gradient", metrics, "gradient_norm"),
                                       curve_of("images a second", timings, "images_per_second")}));
  page += section("Held out", figures(content.held_out));
  page += section("What the policy learned when", figures(content.policy));
  if (!content.samples.empty()) page += section("Samples", picture("samples", content.samples));
  page +=
      section("Views", "<p>Each row: the original, then its views.</p>" + picture("views", views));
  page += section("Settings", preformatted(directory.read("resolved.yaml")));
  page += section("Versions", preformatted(directory.read("versions.json")));
  page += "</body></html>\n";
  directory.write("report.html", page);
}

}  // namespace inflow::tools
