#include <algorithm>
#include <iostream>
#include <memory>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include "inflow/pipeline/graph.hpp"
#include "inflow/tools/loader_rates.hpp"
#include "inflow/tools/program.hpp"
#include "inflow/tools/progress_line.hpp"
#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/stop_signal.hpp"

namespace inflow::tools {
namespace {

using Json = nlohmann::ordered_json;

struct BenchArguments {
  SettingsArguments settings;
  int rounds = 5;
  std::uint64_t batches = 0;
};

// One row of the table: a rate in every round.
struct Row {
  std::string_view what;
  std::vector<double> rates{};

  // The lower one of two in the middle.
  double median() const {
    std::vector<double> sorted = rates;
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>((sorted.size() - 1) / 2);
    std::ranges::nth_element(sorted, middle);
    return *middle;
  }
};

// The loader first; without what cannot be measured.
std::vector<Row> rows_of(const std::vector<LoaderRates>& rounds) {
  std::vector<Row> rows{{"loader"}, {"bare loop"}, {"read"}, {"decode"}, {"render"}, {"copy"}};
  for (const LoaderRates& round : rounds) {
    rows[0].rates.push_back(round.loader);
    rows[1].rates.push_back(round.bare_loop);
    if (round.read) rows[2].rates.push_back(*round.read);
    rows[3].rates.push_back(round.decode);
    rows[4].rates.push_back(round.render);
    rows[5].rates.push_back(round.copy);
  }
  std::erase_if(rows, [](const Row& row) { return row.rates.empty(); });
  return rows;
}

std::string table_of(const std::vector<Row>& rows) {
  std::string table =
      fmt::format("{:<10} {:>11} {:>11} {:>11} {:>8}\n", "", "images/s", "least", "most", "share");
  for (const Row& row : rows) {
    const auto [least, most] = std::ranges::minmax(row.rates);
    table += fmt::format("{:<10} {:>11.0f} {:>11.0f} {:>11.0f} {:>6.1f} %\n", row.what,
                         row.median(), least, most, 100 * rows.front().median() / row.median());
  }
  return table;
}

Json json_of(const std::vector<Row>& rows, std::uint64_t batches, const Pipeline& pipeline,
             const LimitOptions& limits) {
  Json all{{"threads", thread_count(limits.threads)},
           {"batch_samples", pipeline.rows()},
           {"batch_bytes", pipeline.batch_bytes()},
           {"batches_per_round", batches},
           {"rates", Json::array()}};
  for (const Row& row : rows) {
    all["rates"].push_back({{"what", row.what},
                            {"images_per_second", row.median()},
                            {"share", rows.front().median() / row.median()},
                            {"rounds", row.rates}});
  }
  return all;
}

// As many rounds as are asked for, or until Ctrl-C.
std::vector<LoaderRates> measured(const BenchArguments& arguments, const Pipeline& pipeline,
                                  const LimitOptions& limits, std::uint64_t batches,
                                  const StopSignal& stop, bool quiet) {
  ProgressLine line(quiet);
  std::vector<LoaderRates> rounds;
  for (int round = 0; round < arguments.rounds && !stop.requested(); ++round) {
    if (line.due()) line.show(fmt::format("round {}/{}", round + 1, arguments.rounds));
    rounds.push_back(measure(pipeline, limits, batches));
  }
  return rounds;
}

ExitCode bench(const BenchArguments& arguments, const Program& program) {
  const PipelineOptions options = read_pipeline(arguments.settings);
  const Pipeline pipeline = compile(graph_of(options));
  const StopSignal stop;
  const std::uint64_t batches =
      arguments.batches > 0 ? arguments.batches : batches_in(1, pipeline, options.limits);
  const std::vector<LoaderRates> rounds =
      measured(arguments, pipeline, options.limits, batches, stop, program.quiet);
  if (!rounds.empty()) {
    const std::vector<Row> rows = rows_of(rounds);
    std::cout << (program.json ? json_of(rows, batches, pipeline, options.limits).dump() + "\n"
                               : table_of(rows));
  }
  return stop.requested() ? ExitCode::interrupted : ExitCode::done;
}

}  // namespace

void add_bench(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "bench", "Measure the loader alone, beside what reading, decoding and rendering take");
  const auto arguments = std::make_shared<BenchArguments>();
  add_settings_arguments(*command, arguments->settings);
  command->add_option("--rounds", arguments->rounds, "How often; medians are shown")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command
      ->add_option("--batches", arguments->batches,
                   "Batches of a round; those of about a second if not given")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}));
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return bench(*arguments, told); };
  });
}

}  // namespace inflow::tools
