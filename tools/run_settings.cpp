#include "inflow/tools/run_settings.hpp"

namespace inflow::tools {

void add_settings_arguments(CLI::App& command, SettingsArguments& arguments) {
  command.add_option("CONFIG", arguments.config, "Settings, a YAML or JSON file")->required();
  command
      .add_option("--set", arguments.assignments,
                  "Sets one key: --set training.steps=100 (repeatable)")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->take_all();
  command.add_option("--seed", arguments.seed, "Stands for --set seed=N");
  command.add_option("--threads", arguments.threads, "Stands for --set limits.threads=N");
}

void read(const SettingsArguments& arguments, std::vector<Option> into) {
  SettingsLayers layers{.file = arguments.config,
                        .environment = inflow_environment(),
                        .assignments = arguments.assignments};
  if (arguments.seed) layers.assignments.push_back("seed=" + std::to_string(*arguments.seed));
  if (arguments.threads)
    layers.assignments.push_back("limits.threads=" + std::to_string(*arguments.threads));
  read_settings(layers, std::move(into));
}

PipelineOptions read_pipeline(const SettingsArguments& arguments) {
  const auto settings = default_run_settings();
  read(arguments, settings->describe());
  return settings->pipeline();
}

}  // namespace inflow::tools
