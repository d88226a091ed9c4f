#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>
#include <sys/resource.h>

#include "inflow/pipeline/graph.hpp"
#include "inflow/tools/loader_rates.hpp"
#include "inflow/tools/program.hpp"
#include "inflow/tools/progress_line.hpp"
#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/stop_signal.hpp"
#include "inflow/tools/stream_stats.hpp"

namespace inflow::tools {
namespace {

using Json = nlohmann::ordered_json;

struct StatsArguments {
  SettingsArguments settings;
  std::uint64_t batches = 20;
};

// Of the loader as the settings have it.
struct LoaderCost {
  double samples_per_second = 0;
  std::uint64_t batch_bytes = 0;
  std::uint64_t peak_bytes = 0;  // of the process
};

Size picture_size(const Source& source, std::uint64_t index, Sample& sample) {
  if (const auto size = source.about(index).size) return *size;
  sample.whole = {};
  const auto corner = [](Size) { return Box{.height = 1, .width = 1}; };
  if (const SampleError error = source.at(index, sample, corner); error.fault != Fault::none)
    throw RuntimeError("a sample was there and is not any more: " + error.message());
  return sample.whole == Size{} ? size_of(sample.image) : sample.whole;
}

// Of rows as bytes, with what was drawn, and not mixed.
StreamStats stats_of(Pipeline pipeline, const LimitOptions& limits, std::uint64_t batches,
                     bool quiet) {
  pipeline.batch.dtype = Dtype::uint8;
  pipeline.batch.keep_drawn = true;
  pipeline.mix = {};
  const auto loader = run_parallel(pipeline, limits);
  ProgressLine line(quiet);
  const Rate rate;
  StreamStats stats;
  Sample sample;
  for (std::uint64_t number = 0; number < batches; ++number) {
    const Batch batch = loader->next();
    if (batch == nullptr) break;  // all epochs there are
    std::vector<Size> pictures;
    for (const std::uint64_t index : batch->indices)
      pictures.push_back(picture_size(*pipeline.source, index, sample));
    add(stats, *batch, pictures, pipeline.ops.size());
    if (line.due()) line.show(rate.line(number + 1, batches, "batches"));
  }
  return stats;
}

LoaderCost cost_of(const Pipeline& pipeline, const LimitOptions& limits, std::uint64_t batches) {
  LoaderCost cost{.samples_per_second = rate_of_loader(pipeline, limits, batches),
                  .batch_bytes = pipeline.batch_bytes()};
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  cost.peak_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) << 10;  // it counts in KiB
  return cost;
}

// A count by its name, in the order of the table.
using Counts = std::vector<std::pair<std::string_view, std::uint64_t>>;

Counts draws_of(const StreamStats& stats) {
  return {{"flip", stats.flipped},  {"jitter", stats.jittered},    {"grayscale", stats.grayscale},
          {"blur", stats.blurred},  {"solarize", stats.solarized}, {"equalize", stats.equalized},
          {"cutout", stats.cut_out}};
}

// Only ops that were chosen.
Counts steps_of(const StreamStats& stats, std::span<const Op> ops) {
  Counts counts;
  for (std::size_t op = 0; op < stats.steps.size(); ++op) {
    if (stats.steps[op] > 0) counts.emplace_back(ops[op].name, stats.steps[op]);
  }
  return counts;
}

Json json_of(const Counts& counts) {
  Json all = Json::object();
  for (const auto& [name, count] : counts) all[std::string(name)] = count;
  return all;
}

Json json_of(const StreamStats& stats, std::span<const Op> ops, const LoaderCost& cost) {
  return {{"samples", stats.samples},
          {"bad_samples", stats.bad_samples},
          {"views", stats.views},
          {"draws", json_of(draws_of(stats))},
          {"crop_areas", stats.crop_areas},
          {"ops", json_of(steps_of(stats, ops))},
          {"views_without_ops", stats.unplanned},
          {"values", stats.values},
          {"values_at_0", stats.lowest},
          {"values_at_255", stats.highest},
          {"pairs", stats.pairs},
          {"pairs_nearly_same", stats.nearly_same},
          {"pairs_apart", stats.apart},
          {"loader",
           {{"samples_per_second", cost.samples_per_second},
            {"batch_bytes", cost.batch_bytes},
            {"peak_bytes", cost.peak_bytes}}}};
}

// A row of the table: a count and its share of the whole.
std::string row(std::string_view what, std::uint64_t count, std::uint64_t whole) {
  const double share = whole == 0 ? 0 : static_cast<double>(count) / static_cast<double>(whole);
  return fmt::format("{:<18} {:>12} {:>6.2f} %\n", what, count, 100 * share);
}

std::string table_of(const StreamStats& stats, std::span<const Op> ops, const LoaderCost& cost) {
  const auto mebibytes = [](std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); };
  std::string table = fmt::format(
      "samples            {:>12}\nbad samples        {:>12}\nviews              {:>12}\n",
      stats.samples, stats.bad_samples, stats.views);
  table += "\ndrawn                     views\n";
  for (const auto& [name, count] : draws_of(stats)) table += row(name, count, stats.views);
  table += "\ncrop of the area          views\n";
  for (std::size_t at = 0; at < stats.crop_areas.size(); ++at)
    table += row(fmt::format("from {:.1f}", static_cast<double>(at) / 10), stats.crop_areas[at],
                 stats.views);
  table += "\nop                        steps\n";
  for (const auto& [name, count] : steps_of(stats, ops)) table += row(name, count, stats.views);
  table += row("(views without)", stats.unplanned, stats.views);
  table += "\nvalues\n" + row("at 0", stats.lowest, stats.values) +
           row("at 255", stats.highest, stats.values);
  table += "\nfirst two views of a sample\n" +
           row("nearly the same", stats.nearly_same, stats.pairs) +
           row("crops apart", stats.apart, stats.pairs);
  return table + fmt::format("\nloader: {:.0f} samples/s, {:.1f} MiB a batch, {:.0f} MiB at most\n",
                             cost.samples_per_second, mebibytes(cost.batch_bytes),
                             mebibytes(cost.peak_bytes));
}

ExitCode stats(const StatsArguments& arguments, const Program& program) {
  const PipelineOptions options = read_pipeline(arguments.settings);
  const Pipeline pipeline = compile(graph_of(options));
  const ExitOnSignal stop("the dry run was not finished");
  const LoaderCost cost = cost_of(pipeline, options.limits, arguments.batches);
  const StreamStats found = stats_of(pipeline, options.limits, arguments.batches, program.quiet);
  std::cout << (program.json ? json_of(found, pipeline.ops, cost).dump() + "\n"
                             : table_of(found, pipeline.ops, cost));
  return ExitCode::done;
}

}  // namespace

void add_stats(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "stats", "Run the pipeline dry: what is drawn and chosen, saturation, rate, memory");
  const auto arguments = std::make_shared<StatsArguments>();
  add_settings_arguments(*command, arguments->settings);
  command->add_option("--batches", arguments->batches, "How many batches to make")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
      ->capture_default_str();
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return stats(*arguments, told); };
  });
}

}  // namespace inflow::tools
