#include "inflow/tools/training/class_report.hpp"

#include <algorithm>
#include <sstream>

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include "inflow/training/csv.hpp"

namespace inflow::tools {
namespace {

using Json = nlohmann::ordered_json;

std::vector<Json> parsed_lines(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

// One line of a table: a name to the left, a figure for each set to the right.
template <class Figure>
std::string table_line(std::string_view name, std::size_t width, std::span<const NamedScores> sets,
                       const Figure& figure_of) {
  std::string line = fmt::format("{:<{}}", name, width);
  for (const NamedScores& set : sets) line += fmt::format("  {:>8}", figure_of(set));
  return line + '\n';
}

Json json_of(const ClassScores& scores, std::span<const std::string> classes) {
  Json json{{"samples", scores.count()}, {"loss", scores.loss}, {"accuracy", scores.accuracy()}};
  for (std::size_t at = 0; at < classes.size(); ++at) {
    json["classes"].push_back({{"name", classes[at]},
                               {"samples", scores.samples[at]},
                               {"accuracy", scores.accuracy_of(at)}});
  }
  return json;
}

}  // namespace

std::string class_table(std::span<const NamedScores> sets, std::span<const std::string> classes) {
  std::size_t width = std::string_view("all classes").size();
  for (const std::string& name : classes) width = std::max(width, name.size());
  const auto percent = [](double value) { return fmt::format("{:.2f}", value); };

  std::string table = "Accuracy in %, with the weights of the last step\n\n";
  table += table_line("class", width, sets, [](const NamedScores& set) { return set.name; });
  for (std::size_t at = 0; at < classes.size(); ++at) {
    table += table_line(classes[at], width, sets, [&](const NamedScores& set) {
      return percent(set.scores.accuracy_of(at));
    });
  }
  table += table_line("all classes", width, sets,
                      [&](const NamedScores& set) { return percent(set.scores.accuracy()); });
  table += table_line("loss", width, sets, [](const NamedScores& set) {
    return fmt::format("{:.4f}", set.scores.loss);
  });
  return table;
}

std::string class_json(std::span<const NamedScores> sets, std::span<const std::string> classes,
                       std::int64_t step) {
  Json json{{"step", step}, {"sets", Json::object()}};
  for (const NamedScores& set : sets) json["sets"][set.name] = json_of(set.scores, classes);
  return json.dump(2);
}

std::string evaluation_line(std::int64_t step, std::uint64_t epoch, const ClassScores& scores) {
  Json line{{"step", step},
            {"epoch", epoch},
            {"loss", scores.loss},
            {"accuracy", scores.accuracy()},
            {"accuracy_of_class", Json::array()}};
  for (std::size_t at = 0; at < scores.samples.size(); ++at)
    line["accuracy_of_class"].push_back(scores.accuracy_of(at));
  return line.dump();
}

std::string curves_csv(const std::string& evaluations, const std::string& metrics,
                       std::span<const std::string> classes) {
  std::string csv = "step,epoch,training_loss,loss,accuracy";
  for (const std::string& name : classes)
    csv += fmt::format(",{}", csv_field("accuracy of " + name));
  csv += '\n';
  const std::vector<Json> steps = parsed_lines(metrics);
  std::size_t next = 0;
  for (const Json& line : parsed_lines(evaluations)) {
    const auto end = line.at("step").get<std::size_t>();
    double loss = 0;
    for (std::size_t step = next; step < end; ++step)
      loss += steps.at(step).at("loss").get<double>();
    csv += fmt::format("{},{},{},{},{}", end, line.at("epoch").get<std::uint64_t>(),
                       loss / static_cast<double>(end - next), line.at("loss").get<double>(),
                       line.at("accuracy").get<double>());
    for (const Json& accuracy : line.at("accuracy_of_class"))
      csv += fmt::format(",{}", accuracy.get<double>());
    csv += '\n';
    next = end;
  }
  return csv;
}

}  // namespace inflow::tools
