#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "inflow/inflation/diagnostics/confusion.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/locked_directory.hpp"
#include "inflow/pipeline/settings.hpp"
#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/stop_signal.hpp"
#include "inflow/tools/training/diagnose/view_diagnosis.hpp"
#include "inflow/tools/training/run_checks.hpp"
#include "inflow/tools/training/subcommands.hpp"

namespace inflow::tools {
namespace {

struct DiagnoseArguments {
  SettingsArguments settings;
  std::string encoder;
  std::filesystem::path out;
};

// What was found of one set of images.
struct Found {
  std::string name;
  Diagnosis diagnosis;
  std::optional<double> confusion_before{};  // training
};

Found diagnosed(const std::string& name, const RunOptions& options,
                const std::shared_ptr<const Source>& images, const Eyes& eyes) {
  spdlog::info("looking at {}", name);
  Found found{.name = name,
              .diagnosis = diagnose(diagnosed_views(options, images, eyes.embedding),
                                    options.diagnosis.measures)};
  if (eyes.before) {
    found.confusion_before = confusion_rate(diagnosed_views(options, images, eyes.before));
  }
  return found;
}

nlohmann::ordered_json json_of(const Found& found) {
  auto json = nlohmann::ordered_json::parse(to_json(found.diagnosis));
  if (found.confusion_before) {
    json["confusion_rate_before_training"] = *found.confusion_before;
    json["relative_confusion"] =
        relative_confusion(*found.confusion_before, found.diagnosis.confusion_rate);
  }
  return json;
}

std::string json_of(const std::vector<Found>& all) {
  nlohmann::ordered_json json;
  for (const Found& found : all) json[found.name] = json_of(found);
  return json.dump(2) + "\n";
}

// A line for each measure, a column for each set of images; measures that no set has are left out.
class Table {
 public:
  explicit Table(const std::vector<Found>& all) : all_(all) {
    text_ = fmt::format("{:44}", "");
    for (const Found& found : all) text_ += fmt::format("{:>14}", found.name);
    text_ += '\n';
  }

  template <class Value>
  void row(const std::string& name, Value value) {
    std::string line = fmt::format("{:44}", name);
    bool any = false;
    for (const Found& found : all_) {
      const std::optional<double> number = value(found);
      line += number ? fmt::format("{:>14.4g}", *number) : fmt::format("{:>14}", "");
      any = any || number;
    }
    if (any) text_ += line + '\n';
  }

  const std::string& text() const { return text_; }

 private:
  const std::vector<Found>& all_;
  std::string text_;
};

using Number = std::optional<double>;

void labeled_rows(Table& table, const std::vector<Found>& all) {
  const auto of_labeled = [](auto member) {
    return [member](const Found& found) -> Number {
      if (!found.diagnosis.labeled) return {};
      return static_cast<double>((*found.diagnosis.labeled).*member);
    };
  };
  using Labeled = Diagnosis::Labeled;
  table.row("overlapping pairs within a class", of_labeled(&Labeled::within));
  table.row("overlapping pairs across classes", of_labeled(&Labeled::across));
  table.row("homophily", of_labeled(&Labeled::homophily));
  table.row("labeling error", of_labeled(&Labeled::labeling_error));
  table.row("disagreement phi", of_labeled(&Labeled::disagreement));
  // Labels are those of the real images, which all sets have.
  const auto& labeled = all.front().diagnosis.labeled;
  if (!labeled) return;
  for (std::size_t at = 0; at < labeled->connections.size(); ++at) {
    const int k = labeled->connections[at].dimensions;
    const auto of_connection = [at](auto member) {
      return [at, member](const Found& found) -> Number {
        if (!found.diagnosis.labeled) return {};
        return found.diagnosis.labeled->connections[at].*member;
      };
    };
    using Connection = Diagnosis::Connection;
    table.row(fmt::format("lambda_{}", k + 1), of_connection(&Connection::eigenvalue));
    table.row(fmt::format("phi / lambda_{}", k + 1), of_connection(&Connection::score));
    table.row(fmt::format("bound on the error of a linear head, k = {}", k),
              of_connection(&Connection::bound));
  }
}

std::string table_of(const std::vector<Found>& all) {
  const auto of = [](auto member) {
    return [member](const Found& found) -> Number {
      return static_cast<double>(found.diagnosis.*member);
    };
  };
  Table table(all);
  table.row("images", of(&Diagnosis::images));
  table.row("views of each", of(&Diagnosis::views));
  table.row("alignment", of(&Diagnosis::alignment));
  table.row("uniformity", of(&Diagnosis::uniformity));
  table.row("effective rank", of(&Diagnosis::effective_rank));
  table.row("confusion rate (ACR)", of(&Diagnosis::confusion_rate));
  table.row("confusion rate before training",
            [](const Found& found) -> Number { return found.confusion_before; });
  table.row("relative confusion (ARC)", [](const Found& found) -> Number {
    if (!found.confusion_before) return {};
    return relative_confusion(*found.confusion_before, found.diagnosis.confusion_rate);
  });
  table.row("parts of images that overlap", of(&Diagnosis::components));
  table.row("similarity at which nine tenths hang together", of(&Diagnosis::bottleneck));
  table.row("parts of the graph of views", of(&Diagnosis::view_components));
  table.row("images of its core", of(&Diagnosis::core_images));
  table.row("parts of its core", [](const Found& found) -> Number {
    return static_cast<double>(found.diagnosis.spectrum.components);
  });
  table.row("lambda_2",
            [](const Found& found) -> Number { return found.diagnosis.spectrum.values[1]; });
  table.row("conductance", of(&Diagnosis::conductance));
  labeled_rows(table, all);
  return table.text();
}

void write(const std::filesystem::path& folder, const std::vector<Found>& all,
           const std::string& table, RunOptions& options) {
  make_directory(folder, "folder of a diagnosis");
  write_whole(folder / "diagnosis.json", json_of(all));
  std::vector<NamedDiagnosis> diagnoses;
  for (const Found& found : all) diagnoses.emplace_back(found.name, found.diagnosis);
  const std::string page = section("Measures", preformatted(table)) +
                           section("Plots", figures(curves_of(diagnoses))) +
                           section("Settings", preformatted(to_yaml(describe(options))));
  write_whole(folder / "report.html", page_of("Diagnosis", page));
}

ExitCode diagnose_views(const DiagnoseArguments& arguments, const Program& program) {
  RunOptions options;
  read(arguments.settings, describe(options));
  if (!arguments.encoder.empty()) options.diagnosis.encoder = arguments.encoder;
  warn_of_too_many_threads(options);
  apply(options.training.compute);
  const Eyes eyes = open_eyes(options);
  const DiagnosedImages images = diagnosed_images(options);
  const ExitOnSignal at_once("nothing was written");
  std::vector<Found> all{diagnosed("real", options, images.real, eyes)};
  if (images.inflated) all.push_back(diagnosed("inflated", options, images.inflated, eyes));
  const std::string table = table_of(all);
  if (!arguments.out.empty()) write(arguments.out, all, table, options);
  std::cout << (program.json ? json_of(all) : table);
  return ExitCode::done;
}

}  // namespace

void add_diagnose(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "diagnose", "Measure the graph that views of images make, without and with generated ones");
  const auto arguments = std::make_shared<DiagnoseArguments>();
  add_settings_arguments(*command, arguments->settings);
  command->add_option("--encoder", arguments->encoder, "Stands for --set diagnosis.encoder=PATH");
  command->add_option("--out,-o", arguments->out,
                      "Folder for diagnosis.json and report.html; only printed if not given");
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return diagnose_views(*arguments, told); };
  });
}

}  // namespace inflow::tools
