#include "inflow/tools/completion.hpp"

#include <iostream>
#include <map>
#include <memory>

#include <CLI/Validators.hpp>

#include "inflow/tools/program.hpp"

namespace inflow::tools {
namespace {

using Shells = std::map<std::string, std::string (*)(const CommandShape&)>;

}  // namespace

void add_completion(CLI::App& app, Program& program) {
  static const Shells kShells{
      {"bash", bash_completion}, {"fish", fish_completion}, {"zsh", zsh_completion}};
  CLI::App* command =
      app.add_subcommand("completion", "Print what completes command lines in a shell");
  const auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "The shell")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>{"bash", "fish", "zsh"}));
  command->callback([&app, shell, &program] {
    program.chosen = [&app, shell](const Program&) {
      std::cout << kShells.at(*shell)(shape_of(app));
      return ExitCode::done;
    };
  });
}

}  // namespace inflow::tools
