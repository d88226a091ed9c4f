#include <string_view>

#include <spdlog/fmt/fmt.h>

#include "inflow/tools/completion.hpp"

namespace inflow::tools {
namespace {

std::string in_quotes(std::string_view text) {
  std::string all;
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') all += '\\';
    all += letter;
  }
  return fmt::format("'{}'", all);
}

std::string names_of(const CommandShape& command) {
  std::string names;
  for (const CommandShape& sub : command.subcommands) names += " " + sub.name;
  return names;
}

// The start of a line that holds behind these words.
std::string line_for(const CommandShape& program, const std::string& condition) {
  std::string line = "complete -c " + program.name;
  if (!condition.empty()) line += " -n " + in_quotes(condition);
  return line;
}

std::string option_line(const ArgumentShape& option) {
  std::string line;
  for (const std::string& name : option.names)
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.choices.empty()) {
    line += " -x -a " + in_quotes(fmt::format("{}", fmt::join(option.choices, " ")));
  } else if (!option.value.empty()) {
    line += option.value == "TEXT" ? " -r -F" : " -x";
  }
  return line + " -d " + in_quotes(option.description);
}

std::string positional_line(const ArgumentShape& argument) {
  return argument.choices.empty()
             ? " -F"
             : " -f -a " + in_quotes(fmt::format("{}", fmt::join(argument.choices, " ")));
}

void lines_of(const CommandShape& program, const CommandShape& command,
              const std::string& condition, std::string& lines) {
  const std::string here = line_for(program, condition);
  for (const ArgumentShape& argument : command.arguments)
    lines +=
        here + (argument.positional ? positional_line(argument) : option_line(argument)) + "\n";
  const std::string and_then = condition.empty() ? "" : condition + "; and ";
  for (const CommandShape& sub : command.subcommands) {
    lines += line_for(program, and_then + "not __fish_seen_subcommand_from" + names_of(command)) +
             " -a " + sub.name + " -d " + in_quotes(sub.description) + "\n";
    lines_of(program, sub, and_then + "__fish_seen_subcommand_from " + sub.name, lines);
  }
}

}  // namespace

std::string fish_completion(const CommandShape& program) {
  std::string lines;
  lines_of(program, program, "", lines);
  return fmt::format(
      "# fish completion for {0}; made by `{0} completion fish`.\n\n"
      "complete -c {0} -f\n{1}",
      program.name, lines);
}

}  // namespace inflow::tools
