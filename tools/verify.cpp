#include "inflow/tools/verify.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/graph.hpp"
#include "inflow/tools/progress_line.hpp"
#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/stop_signal.hpp"

namespace inflow::tools {
namespace {

using Json = nlohmann::ordered_json;

struct VerifyArguments {
  SettingsArguments settings;
  std::uint64_t batches = 8;
  std::uint64_t epochs = 0;
};

std::string digest_of_all(std::span<const BatchDigest> batches) {
  Checksum all;
  for (const BatchDigest& batch : batches) all.add(batch.digest);
  return all.digits();
}

std::optional<BatchDigest> at(std::span<const BatchDigest> batches, std::size_t position) {
  if (position >= batches.size()) return {};
  return batches[position];
}

std::optional<Comparison::Difference> difference(std::span<const BatchDigest> expected,
                                                 std::span<const BatchDigest> found) {
  const auto [here, there] = std::ranges::mismatch(expected, found);
  if (here == expected.end() && there == found.end()) return {};
  const auto position = static_cast<std::size_t>(here - expected.begin());
  return Comparison::Difference{position, at(expected, position), at(found, position)};
}

std::string shown(const std::optional<BatchDigest>& batch) {
  if (!batch) return "no batch";
  return fmt::format("batch {} of epoch {} with digest {}", batch->number, batch->epoch,
                     batch->digest);
}

std::string table_of(std::span<const Comparison> comparisons, std::span<const LeftOut> left_out) {
  constexpr std::string_view kRow = "{:<20} {:>7}  {:<32}  {}\n";
  std::string table = fmt::format(fmt::runtime(kRow), "what", "batches", "digest", "equal");
  for (const Comparison& way : comparisons) {
    table += fmt::format(fmt::runtime(kRow), way.what, way.batches, way.digest,
                         way.difference ? "no" : "yes");
  }
  for (const auto& [what, why] : left_out) table += fmt::format("left out: {}: {}\n", what, why);
  return table;
}

Json json_of(const std::optional<BatchDigest>& batch) {
  if (!batch) return nullptr;
  return {{"epoch", batch->epoch}, {"batch", batch->number}, {"digest", batch->digest}};
}

Json json_of(const Comparison& way) {
  Json entry{{"what", way.what},
             {"batches", way.batches},
             {"digest", way.digest},
             {"equal", !way.difference}};
  if (way.difference) {
    entry["first_difference"] = {{"position", way.difference->position},
                                 {"expected", json_of(way.difference->expected)},
                                 {"found", json_of(way.difference->found)}};
  }
  return entry;
}

Json json_of(std::span<const Comparison> comparisons, std::span<const LeftOut> left_out,
             bool equal) {
  Json all{{"equal", equal}, {"ways", Json::array()}, {"left_out", Json::array()}};
  for (const Comparison& way : comparisons) all["ways"].push_back(json_of(way));
  for (const auto& [what, why] : left_out)
    all["left_out"].push_back({{"what", what}, {"why", why}});
  return all;
}

std::vector<Comparison> compare_all(const Pipeline& pipeline, std::span<const Way> ways,
                                    std::uint64_t count, const Program& program) {
  const ExitOnSignal stop("not everything was compared");
  ProgressLine line(program.quiet);
  std::size_t done = 0;
  return compare(serial_way(pipeline), ways, count, [&](const Way& way) {
    if (line.due()) line.show(fmt::format("{}/{}  {}", done, ways.size() + 1, way.what));
    ++done;
  });
}

ExitCode verify(const VerifyArguments& arguments, const Program& program) {
  const PipelineOptions options = read_pipeline(arguments.settings);
  Pipeline pipeline = compile(graph_of(options));
  pipeline.ranks = {};  // what ranks share is compared, not the part of one
  const std::uint64_t count =
      arguments.epochs > 0 ? arguments.epochs * pipeline.batches_per_epoch() : arguments.batches;
  const Ways all = ways_to_make(pipeline, options.limits, count);
  return report(compare_all(pipeline, all.ways, count, program), all.left_out, program);
}

}  // namespace

std::vector<Comparison> compare(const Way& oracle, std::span<const Way> ways, std::uint64_t count,
                                const std::function<void(const Way&)>& begin) {
  const auto batches_of = [&](const Way& way) {
    if (begin) begin(way);
    return way.batches(count);
  };
  const std::vector<BatchDigest> expected = batches_of(oracle);
  std::vector<Comparison> comparisons{{oracle.what, expected.size(), digest_of_all(expected)}};
  for (const Way& way : ways) {
    const std::vector<BatchDigest> found = batches_of(way);
    comparisons.push_back(
        {way.what, found.size(), digest_of_all(found), difference(expected, found)});
  }
  return comparisons;
}

ExitCode report(std::span<const Comparison> comparisons, std::span<const LeftOut> left_out,
                const Program& program) {
  bool equal = true;
  for (const Comparison& way : comparisons) {
    if (!way.difference) continue;
    equal = false;
    std::cerr << fmt::format("error: {} differs: expected {}, found {}\n", way.what,
                             shown(way.difference->expected), shown(way.difference->found));
  }
  std::cout << (program.json ? json_of(comparisons, left_out, equal).dump() + "\n"
                             : table_of(comparisons, left_out));
  return equal ? ExitCode::done : ExitCode::mismatch;
}

void add_verify(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "verify",
      "Prove that batches do not depend on threads, groups, buffers, vectors, ranks or resuming");
  const auto arguments = std::make_shared<VerifyArguments>();
  add_settings_arguments(*command, arguments->settings);
  constexpr std::uint64_t kMost = 1'000'000'000;
  CLI::Option* const batches =
      command->add_option("--batches", arguments->batches, "How many batches to compare")
          ->check(CLI::Range(std::uint64_t{1}, kMost))
          ->capture_default_str();
  command->add_option("--epochs", arguments->epochs, "Instead: all batches of so many epochs")
      ->check(CLI::Range(std::uint64_t{1}, kMost))
      ->excludes(batches);
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return verify(*arguments, told); };
  });
}

}  // namespace inflow::tools
