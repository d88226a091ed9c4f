#include <iostream>
#include <memory>

#include <CLI/App.hpp>

#include "inflow/pipeline/graph.hpp"
#include "inflow/tools/program.hpp"
#include "inflow/tools/run_settings.hpp"

namespace inflow::tools {
namespace {

ExitCode show(const SettingsArguments& arguments, const Program& program) {
  const auto settings = default_run_settings();
  read(arguments, settings->describe());
  std::cout << (program.json ? to_json(settings->describe()) + "\n"
                             : to_yaml(settings->describe()));
  return ExitCode::done;
}

ExitCode check(const SettingsArguments& arguments, const Program& program) {
  const auto settings = default_run_settings();
  read(arguments, settings->describe());
  settings->check();
  const Pipeline pipeline = compile(graph_of(settings->pipeline(), settings->own()));
  if (program.json) {
    std::cout << R"({"ok": true, "samples": )" << pipeline.samples_per_epoch() << "}\n";
  } else {
    std::cout << arguments.config.string() << ": ok, " << pipeline.samples_per_epoch()
              << " samples, " << pipeline.batches_per_epoch() << " batches an epoch\n";
  }
  return ExitCode::done;
}

ExitCode schema() {
  const auto settings = default_run_settings();
  std::cout << schema_json("inflow settings", settings->describe()) << '\n';
  return ExitCode::done;
}

}  // namespace

void add_config(CLI::App& app, Program& program) {
  CLI::App* config = app.add_subcommand("config", "Show, check or describe settings files");
  config->require_subcommand(1);

  const auto arguments = std::make_shared<SettingsArguments>();
  CLI::App* show_command =
      config->add_subcommand("show", "Print the settings with every default and override");
  add_settings_arguments(*show_command, *arguments);
  show_command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return show(*arguments, told); };
  });

  CLI::App* check_command =
      config->add_subcommand("check", "Report everything that is wrong with settings and input");
  add_settings_arguments(*check_command, *arguments);
  check_command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return check(*arguments, told); };
  });

  config->add_subcommand("schema", "Print the JSON Schema of settings files")->callback([&program] {
    program.chosen = [](const Program&) { return schema(); };
  });
}

}  // namespace inflow::tools
