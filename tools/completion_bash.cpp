#include <vector>

#include <spdlog/fmt/fmt.h>

#include "inflow/tools/completion.hpp"

namespace inflow::tools {
namespace {

// Patterns of a case: what an option is called behind a command or one below it.
std::string patterns(const CommandShape& command, const ArgumentShape& option) {
  std::string text;
  for (const std::string& name : option.names)
    text += fmt::format("{}'{}'*:{}", text.empty() ? "" : " | ", command.path, name);
  return text;
}

std::string value_cases(const CommandShape& program) {
  std::string cases;
  for_each_command(program, [&](const CommandShape& command) {
    for (const ArgumentShape& option : command.arguments) {
      if (option.positional || option.value.empty()) continue;
      cases += fmt::format("    {}) choices='{}' ;;\n", patterns(command, option),
                           fmt::join(option.choices, " "));
    }
  });
  return cases;
}

std::string command_patterns(const CommandShape& program) {
  std::string text;
  for_each_command(program, [&](const CommandShape& command) {
    if (&command != &program)
      text += fmt::format("{}'{}'", text.empty() ? "" : " | ", command.path);
  });
  return text;
}

// Options of a command, those of its parents included, which it takes too.
void option_cases(const CommandShape& command, std::vector<std::string> names, std::string& cases) {
  for (const ArgumentShape& argument : command.arguments) {
    if (!argument.positional)
      names.insert(names.end(), argument.names.begin(), argument.names.end());
  }
  cases += fmt::format("      '{}') choices='{}' ;;\n", command.path, fmt::join(names, " "));
  for (const CommandShape& sub : command.subcommands) option_cases(sub, names, cases);
}

// The words that may follow a command: subcommands, and the choices of positional arguments.
std::string word_cases(const CommandShape& program) {
  std::string cases;
  for_each_command(program, [&](const CommandShape& command) {
    std::vector<std::string> words;
    for (const CommandShape& sub : command.subcommands) words.push_back(sub.name);
    for (const ArgumentShape& argument : command.arguments) {
      if (argument.positional)
        words.insert(words.end(), argument.choices.begin(), argument.choices.end());
    }
    if (!words.empty())
      cases += fmt::format("      '{}') choices='{}' ;;\n", command.path, fmt::join(words, " "));
  });
  return cases;
}

constexpr std::string_view kScript =
    R"(# bash completion for {name}; made by `{name} completion bash`.

# Finds the choices of an option, "command:option", of which there may be none; fails for a flag.
_{name}_value() {{
  choices=
  case $1 in
{values}    *) return 1 ;;
  esac
}}

_{name}() {{
  local command={name} before= choices= word
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
  # An option, = and its value come as three words.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD - 1}}"; do
    [[ $word == = ]] && continue
    if ! _{name}_value "$command:$before"; then
      case "$command $word" in
        {commands}) command="$command $word" ;;
      esac
    fi
    before=$word
  done
  if _{name}_value "$command:$previous"; then
    :
  elif [[ $current == -* ]]; then
    case $command in
{options}    esac
  else
    case $command in
{words}    esac
  fi
  COMPREPLY=($(compgen -W "$choices" -- "$current"))
}}

complete -o bashdefault -o default -F _{name} {name}
)";

}  // namespace

std::string bash_completion(const CommandShape& program) {
  std::string options;
  option_cases(program, {}, options);
  return fmt::format(fmt::runtime(kScript), fmt::arg("name", program.name),
                     fmt::arg("values", value_cases(program)),
                     fmt::arg("commands", command_patterns(program)), fmt::arg("options", options),
                     fmt::arg("words", word_cases(program)));
}

}  // namespace inflow::tools
