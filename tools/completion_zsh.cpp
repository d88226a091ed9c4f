#include <string_view>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "inflow/tools/completion.hpp"

namespace inflow::tools {
namespace {

// Text in a quoted specification, where brackets and colons mean something.
std::string escaped(std::string_view text) {
  std::string all;
  for (const char letter : text) {
    if (letter == '\'') {
      all += "'\\''";
    } else {
      if (std::string_view("[]:\\").find(letter) != std::string_view::npos) all += '\\';
      all += letter;
    }
  }
  return all;
}

std::string function_of(const CommandShape& command) {
  std::string name = "_" + command.path;
  for (char& letter : name) {
    if (letter == ' ') letter = '_';
  }
  return name;
}

// What completes a value: its choices, or files, which any text may name.
std::string action_of(const ArgumentShape& argument) {
  if (!argument.choices.empty()) return fmt::format("({})", fmt::join(argument.choices, " "));
  return argument.value == "TEXT" ? "_files" : " ";
}

std::string option_specs(const ArgumentShape& option) {
  std::string value;
  if (!option.value.empty())
    value = fmt::format(":{}:{}", escaped(option.value), action_of(option));
  std::string specs;
  for (const std::string& name : option.names)
    specs += fmt::format(" \\\n    '*{}[{}]{}'", name, escaped(option.description), value);
  return specs;
}

// The specifications of a command's options, those of its parents included.
std::string specs_of(const CommandShape& command, std::string options) {
  for (const ArgumentShape& argument : command.arguments) {
    if (argument.positional)
      options +=
          fmt::format(" \\\n    ':{}:{}'", escaped(argument.names.front()), action_of(argument));
  }
  return options;
}

std::string subcommand_cases(const CommandShape& command) {
  std::string names;
  std::string calls;
  for (const CommandShape& sub : command.subcommands) {
    names += fmt::format("        '{}:{}'\n", sub.name, escaped(sub.description));
    calls += fmt::format("        {}) {} ;;\n", sub.name, function_of(sub));
  }
  return fmt::format(
      "  case $state in\n"
      "    subcommand)\n"
      "      local -a subcommands=(\n{}      )\n"
      "      _describe subcommand subcommands ;;\n"
      "    arguments)\n"
      "      case $line[1] in\n{}      esac ;;\n"
      "  esac\n",
      names, calls);
}

void functions_of(const CommandShape& command, std::string options, std::string& functions) {
  for (const ArgumentShape& argument : command.arguments) {
    if (!argument.positional) options += option_specs(argument);
  }
  for (const CommandShape& sub : command.subcommands) functions_of(sub, options, functions);
  functions += function_of(command) + "() {\n";
  if (command.subcommands.empty()) {
    functions += "  _arguments" + specs_of(command, options) + "\n";
  } else {
    functions +=
        "  local curcontext=$curcontext context state state_descr line\n"
        "  typeset -A opt_args\n"
        "  _arguments -C" +
        options + " \\\n    '1:subcommand:->subcommand' \\\n    '*::argument:->arguments'\n" +
        subcommand_cases(command);
  }
  functions += "}\n\n";
}

}  // namespace

std::string zsh_completion(const CommandShape& program) {
  std::string functions;
  functions_of(program, "", functions);
  return fmt::format(
      "#compdef {0}\n"
      "# zsh completion for {0}; made by `{0} completion zsh`.\n\n"
      "{1}"
      "# Called from fpath, or read with `source`.\n"
      "if [[ $funcstack[1] == _{0} ]]; then\n"
      "  _{0} \"$@\"\n"
      "else\n"
      "  compdef _{0} {0}\n"
      "fi\n",
      program.name, functions);
}

}  // namespace inflow::tools
