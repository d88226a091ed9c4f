#include "inflow/pipeline/graph.hpp"

#include <iostream>
#include <memory>

#include <CLI/App.hpp>

#include "inflow/tools/program.hpp"
#include "inflow/tools/run_settings.hpp"

namespace inflow::tools {

void add_graph(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("graph", "Print the pipeline as Graphviz DOT");
  const auto arguments = std::make_shared<SettingsArguments>();
  add_settings_arguments(*command, *arguments);
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program&) {
      const auto settings = default_run_settings();
      read(*arguments, settings->describe());
      const Graph graph = graph_of(settings->pipeline(), settings->own());
      throw_if_any("the pipeline cannot run", validate(graph));
      std::cout << to_dot(graph);
      return ExitCode::done;
    };
  });
}

}  // namespace inflow::tools
