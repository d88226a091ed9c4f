#include <algorithm>
#include <bit>
#include <iostream>
#include <iterator>
#include <memory>
#include <span>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include "inflow/pipeline/balance.hpp"
#include "inflow/pipeline/inspection.hpp"
#include "inflow/pipeline/overlap.hpp"
#include "inflow/pipeline/pool.hpp"
#include "inflow/tools/balance_text.hpp"
#include "inflow/tools/program.hpp"
#include "inflow/tools/progress_line.hpp"
#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/stop_signal.hpp"

namespace inflow::tools {
namespace {

using Json = nlohmann::ordered_json;

struct InspectArguments {
  SettingsArguments settings;
  std::size_t list = 10;
  bool strict_exit = false;
};

// How many images have a width, and a height, in [from, to].
struct Bin {
  int from = 0;
  int to = 0;
  std::uint64_t widths = 0;
  std::uint64_t heights = 0;
};

// Bins from a power of two to the next, without empty ones at the ends.
std::vector<Bin> bins_of(const Inspection& found) {
  const auto power = [](int side) { return std::bit_width(static_cast<unsigned>(side)) - 1; };
  std::map<int, Bin> bins;
  for (const auto& [side, count] : found.widths) bins[power(side)].widths += count;
  for (const auto& [side, count] : found.heights) bins[power(side)].heights += count;
  std::vector<Bin> all;
  if (bins.empty()) return all;
  for (int at = bins.begin()->first; at <= bins.rbegin()->first; ++at) {
    Bin& bin = all.emplace_back(bins[at]);
    bin.from = 1 << at;
    bin.to = 2 * bin.from - 1;
  }
  return all;
}

std::uint64_t labeled_otherwise(const Inspection& found) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(found.duplicates, &Duplicate::other_label));
}

std::uint64_t samples_of(const Inspection& found, std::size_t label) {
  const auto at = found.labels.find(static_cast<std::int32_t>(label));
  return at == found.labels.end() ? 0 : at->second;
}

std::uint64_t without_label(const Inspection& found) {
  return found.labels.contains(-1) ? found.labels.at(-1) : 0;
}

Json json_of(const CorruptImage& image, const Source& source) {
  const SampleError& error = image.error;
  Json entry{{"index", image.index},
             {"sample", source.name(image.index)},
             {"fault", name_of(error.fault)},
             {"reason", error.reason},
             {"file", nullptr},
             {"offset", nullptr}};
  if (!error.file.empty()) entry["file"] = error.file;
  if (error.offset) entry["offset"] = *error.offset;
  return entry;
}

Json json_of(const Duplicate& duplicate, const Source& source) {
  return {{"index", duplicate.index},
          {"sample", source.name(duplicate.index)},
          {"first_index", duplicate.first},
          {"first_sample", source.name(duplicate.first)},
          {"other_label", duplicate.other_label}};
}

Json json_of(const Sides& sides) {
  return {{"min", sides.least}, {"median", sides.median}, {"max", sides.largest}};
}

Json balance_json(const Source& source) {
  const auto balance = balance_of(source, 0);
  if (!balance) return nullptr;
  return {{"real", balance->real},
          {"generated", balance->generated},
          {"samples_per_epoch", balance->length},
          {"beta", balance->beta},
          {"copies", balance->copies}};
}

Json json_of(const Inspection& found, const Source& source) {
  Json all{{"samples", found.samples}, {"classes", Json::array()}};
  for (std::size_t label = 0; label < source.classes().size(); ++label)
    all["classes"].push_back(
        {{"name", source.classes()[label]}, {"samples", samples_of(found, label)}});
  all["without_label"] = without_label(found);
  all["origins"] = Json::array();
  for (const auto& [origin, samples] : found.origins)
    all["origins"].push_back({{"origin", origin}, {"samples", samples}});
  all["balance"] = balance_json(source);
  all["images"] = found.images;
  all["readable"] = found.readable();
  all["formats"] = Json::object();
  for (const auto& [format, images] : found.formats)
    all["formats"][format.empty() ? "other" : std::string(format)] = images;
  all["orientations"] = Json::object();
  for (const auto& [orientation, images] : found.orientations)
    all["orientations"][std::to_string(orientation)] = images;
  all["without_file"] = found.without_file;
  all["file_bytes"] = found.file_bytes;
  all["grey"] = found.grey;
  all["width"] = json_of(sides_of(found.widths, found.readable()));
  all["height"] = json_of(sides_of(found.heights, found.readable()));
  all["sides"] = Json::array();
  for (const Bin& bin : bins_of(found))
    all["sides"].push_back(
        {{"from", bin.from}, {"to", bin.to}, {"widths", bin.widths}, {"heights", bin.heights}});
  all["mean"] = found.mean;
  all["stddev"] = found.stddev;
  all["corrupt"] = Json::array();
  for (const CorruptImage& image : found.corrupt) all["corrupt"].push_back(json_of(image, source));
  all["no_room"] = Json::array();
  for (const CorruptImage& image : found.no_room) all["no_room"].push_back(json_of(image, source));
  all["duplicates"] = Json::array();
  for (const Duplicate& duplicate : found.duplicates)
    all["duplicates"].push_back(json_of(duplicate, source));
  return all;
}

std::string row(std::string_view what, const std::string& value) {
  return fmt::format("{:<12} {}\n", what, value);
}

std::string formats_text(const Inspection& found) {
  std::string text;
  const auto add = [&](std::string_view format, std::uint64_t images) {
    if (images > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", format, images);
  };
  for (const auto& [format, images] : found.formats) add(format.empty() ? "other" : format, images);
  add("no file", found.without_file);
  return text;
}

std::string turned_text(const Inspection& found) {
  std::string text;
  for (const auto& [orientation, images] : found.orientations) {
    if (orientation == 1) continue;
    text += fmt::format("{}{} of orientation {}", text.empty() ? "" : ", ", images, orientation);
  }
  return text.empty() ? "0" : text;
}

std::string sides_text(const Histogram<int>& histogram, const Inspection& found) {
  const Sides sides = sides_of(histogram, found.readable());
  return fmt::format("{} to {}, median {}", sides.least, sides.largest, sides.median);
}

std::string channels_text(const std::array<double, 3>& values) {
  return fmt::format("{:.4f} {:.4f} {:.4f}", values[0], values[1], values[2]);
}

std::string summary_of(const Inspection& found) {
  std::string text =
      row("samples",
          fmt::format("{}, {} of them without a label", found.samples, without_label(found))) +
      row("images", fmt::format("{}, {} of them corrupt", found.images, found.corrupt.size()));
  if (!found.no_room.empty())
    text += row("no room", fmt::format("{}, not looked at: limits.memory", found.no_room.size()));
  if (found.readable() == 0) return text;
  return text +
         row("duplicates", fmt::format("{}, {} of them under another label",
                                       found.duplicates.size(), labeled_otherwise(found))) +
         row("formats", formats_text(found)) + row("turned", turned_text(found)) +
         row("files",
             fmt::format("{:.1f} MiB", static_cast<double>(found.file_bytes) / (1 << 20))) +
         row("grey", std::to_string(found.grey)) + row("width", sides_text(found.widths, found)) +
         row("height", sides_text(found.heights, found)) + row("mean", channels_text(found.mean)) +
         row("stddev", channels_text(found.stddev));
}

std::string origins_table(const Inspection& found) {
  if (found.origins.size() < 2) return {};
  std::string table = "\norigin       samples\n";
  for (const auto& [origin, samples] : found.origins)
    table += fmt::format("{:<12} {:>7}\n", origin, samples);
  return table;
}

std::string balance_line(const Source& source) {
  const auto balance = balance_of(source, 0);
  return balance ? "\n" + to_text(*balance) + "\n" : "";
}

std::vector<std::pair<std::string, PoolManifest>> pools_within(const PartOptions& source) {
  std::vector<std::pair<std::string, PoolManifest>> pools;
  for (const std::string& directory : pools_of(source))
    pools.emplace_back(directory, read_pool_manifest(directory));
  return pools;
}

Json pools_json(const PartOptions& source) {
  Json pools = Json::array();
  for (const auto& [directory, pool] : pools_within(source)) {
    pools.push_back(
        {{"path", directory},
         {"images", pool.count},
         {"generator", pool.generator},
         {"step", pool.step},
         {"weights", pool.weights},
         {"training_data", {{"images", pool.training_images}, {"hash", pool.training_hash}}}});
  }
  return pools;
}

std::string pools_text(const PartOptions& source) {
  std::string text;
  for (const auto& [directory, pool] : pools_within(source)) {
    text += fmt::format("{}\n  {} images of {} after step {}, trained on {} images of hash {}\n",
                        directory, pool.count, pool.generator, pool.step, pool.training_images,
                        pool.training_hash);
  }
  return text.empty() ? text : "\npools\n" + text;
}

std::string classes_table(const Inspection& found, const Source& source) {
  if (source.classes().empty()) return {};
  std::size_t width = 12;
  for (const std::string& name : source.classes()) width = std::max(width, name.size());
  std::string table = fmt::format("\n{:<{}} samples\n", "class", width);
  for (std::size_t label = 0; label < source.classes().size(); ++label)
    table +=
        fmt::format("{:<{}} {:>7}\n", source.classes()[label], width, samples_of(found, label));
  return table;
}

std::string sides_table(const Inspection& found) {
  if (found.readable() == 0) return {};
  std::string table = "\nside          widths  heights\n";
  for (const Bin& bin : bins_of(found))
    table += fmt::format("{:<12} {:>7} {:>8}\n", fmt::format("{}-{}", bin.from, bin.to), bin.widths,
                         bin.heights);
  return table;
}

// At most `list` lines, and how many were left out.
template <class Entry, class LineOf>
std::string listed(std::string_view title, const std::vector<Entry>& entries, std::size_t list,
                   LineOf line_of) {
  if (entries.empty() || list == 0) return {};
  std::string text = fmt::format("\n{}\n", title);
  for (const Entry& entry : std::span(entries).first(std::min(list, entries.size())))
    text += "  " + line_of(entry) + "\n";
  if (entries.size() > list)
    text += fmt::format("  and {} more (--list, --json)\n", entries.size() - list);
  return text;
}

std::string text_of(const Inspection& found, const Source& source, std::size_t list) {
  const auto line_of = [&](const CorruptImage& image) {
    return source.name(image.index) + ": " + image.error.message();
  };
  return summary_of(found) + origins_table(found) + balance_line(source) +
         classes_table(found, source) + sides_table(found) +
         listed("corrupt", found.corrupt, list, line_of) +
         listed("no room", found.no_room, list, line_of) +
         listed("duplicates", found.duplicates, list, [&](const Duplicate& duplicate) {
           return source.name(duplicate.index) + " = " + source.name(duplicate.first) +
                  (duplicate.other_label ? " (another label)" : "");
         });
}

Inspection inspect_with_progress(const Source& source, const LimitOptions& limits, bool quiet) {
  const ExitOnSignal stop("not everything was looked at");
  ProgressLine line(quiet);
  const Rate rate;
  return inflow::inspect(source, limits, [&](std::uint64_t done, std::uint64_t images) {
    if (line.due()) line.show(rate.line(done, images, "images"));
  });
}

// Names that are not UTF-8 are shown as far as they are.
std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

ExitCode inspect_source(const InspectArguments& arguments, const Program& program) {
  const PipelineOptions options = read_pipeline(arguments.settings);
  const auto source = sources().make(options.source);
  const Inspection found = inspect_with_progress(*source, options.limits, program.quiet);
  if (program.json) {
    Json all = json_of(found, *source);
    all["pools"] = pools_json(options.source);
    std::cout << line_of(all);
  } else {
    std::cout << text_of(found, *source, arguments.list) << pools_text(options.source);
  }
  const bool all_good = found.readable() == found.images;
  return arguments.strict_exit && !all_good ? ExitCode::some_bad : ExitCode::done;
}

}  // namespace

void add_inspect(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "inspect", "Look at every image of a source: sizes, formats, corrupt ones, duplicates");
  const auto arguments = std::make_shared<InspectArguments>();
  add_settings_arguments(*command, arguments->settings);
  command->get_option("CONFIG")->required(false);
  add_memory_limit_argument(*command, arguments->settings);
  command
      ->add_option("--list", arguments->list,
                   "Corrupt images and duplicates to list; --json has all of them")
      ->check(CLI::Range(std::size_t{0}, std::size_t{1'000'000'000}))
      ->capture_default_str();
  command->add_flag("--strict-exit", arguments->strict_exit,
                    "Exit with status 3 if there are images that could not be looked at");
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return inspect_source(*arguments, told); };
  });
}

}  // namespace inflow::tools
