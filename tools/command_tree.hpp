#pragma once

#include <string>
#include <vector>

#include <CLI/App.hpp>

namespace inflow::tools {

// An option or positional argument of a command.
struct ArgumentShape {
  std::vector<std::string> names{};  // "--out", "-o"; of a positional one its name
  bool positional = false;
  bool required = false;
  std::string value{};  // what stands for its value, such as KEY=VALUE; empty: a flag
  std::vector<std::string> choices{};  // its values, where there are few
  std::string default_value{};
  std::string description{};
};

// A command as its parser knows it, from which completion and manual pages are made. It takes the
// options of its parents too, which are not repeated.
struct CommandShape {
  std::string path{};  // with a blank between: "inflow config show"
  std::string name{};
  std::string description{};
  std::vector<ArgumentShape> arguments{};
  std::vector<CommandShape> subcommands{};
};

CommandShape shape_of(const CLI::App& app);

// Calls visit(command) on the command, then on those below it in their order.
template <class Visit>
void for_each_command(const CommandShape& command, const Visit& visit) {
  visit(command);
  for (const CommandShape& sub : command.subcommands) for_each_command(sub, visit);
}

}  // namespace inflow::tools
