#include "inflow/tools/run_settings.hpp"

#include <algorithm>
#include <thread>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace inflow::tools {

void add_settings_arguments(CLI::App& command, SettingsArguments& arguments) {
  command.add_option("CONFIG", arguments.config, "Settings, a YAML or JSON file")->required();
  add_settings_options(command, arguments);
}

void add_settings_options(CLI::App& command, SettingsArguments& arguments) {
  command
      .add_option("--set", arguments.assignments,
                  "Sets one key: --set training.steps=100 (repeatable)")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  // Read as the settings are, which say what a number may be.
  command.add_option("--seed", arguments.seed, "Stands for --set seed=N")->type_name("N");
  command.add_option("--threads", arguments.threads, "Stands for --set limits.threads=N")
      ->type_name("N");
}

void add_memory_limit_argument(CLI::App& command, SettingsArguments& arguments) {
  command.add_option("--memory-limit", arguments.memory_limit,
                     "Stands for --set limits.memory=AMOUNT, such as 2GiB");
}

void read(const SettingsArguments& arguments, std::vector<Option> into) {
  SettingsLayers layers{.file = arguments.config,
                        .environment = inflow_environment(),
                        .assignments = arguments.assignments};
  if (!arguments.seed.empty()) layers.assignments.push_back("seed=" + arguments.seed);
  if (!arguments.threads.empty())
    layers.assignments.push_back("limits.threads=" + arguments.threads);
  if (!arguments.memory_limit.empty())
    layers.assignments.push_back("limits.memory=" + arguments.memory_limit);
  read_settings(layers, std::move(into));
}

PipelineOptions read_pipeline(const SettingsArguments& arguments) {
  const auto settings = default_run_settings();
  read(arguments, settings->describe());
  warn_of_too_many_threads("limits.threads", settings->pipeline().limits.threads);
  return settings->pipeline();
}

void warn_of_too_many_threads(std::string_view key, int threads) {
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  if (cores > 0 && threads > cores)
    spdlog::warn("{} is {}, more than the {} cores of this machine", key, threads, cores);
}

void require_same_settings(const std::string& now, const std::string& before,
                           std::span<const std::string_view> free) {
  std::vector<Problem> problems;
  const auto old = nlohmann::json::parse(before);
  for (const auto& change : nlohmann::json::diff(old, nlohmann::json::parse(now))) {
    const std::string path = change.at("path").get<std::string>();
    const auto begins = [&](std::string_view begin) { return path.starts_with(begin); };
    if (std::ranges::any_of(free, begins)) continue;
    std::string key = path.substr(1);
    std::ranges::replace(key, '/', '.');
    problems.push_back({key, "differs from the run that is resumed"});
  }
  throw_if_any("cannot resume with other settings", problems);
}

}  // namespace inflow::tools
