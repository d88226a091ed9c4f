#include "inflow/tools/manual.hpp"

#include <algorithm>
#include <string_view>

#include <spdlog/fmt/fmt.h>

#include "inflow/tools/program.hpp"

namespace inflow::tools {
namespace {

// Text as it is meant, whatever it begins with.
std::string plain(std::string_view text) {
  std::string all;
  if (text.starts_with('.') || text.starts_with('\'')) all += "\\&";
  for (const char letter : text) {
    if (letter == '\\') {
      all += "\\e";
    } else if (letter == '-') {
      all += "\\-";
    } else {
      all += letter;
    }
  }
  return all;
}

std::string bold(std::string_view text) { return "\\fB" + plain(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + plain(text) + "\\fR"; }

std::string dashed(std::string name) {
  std::ranges::replace(name, ' ', '-');
  return name;
}

std::string title(const CommandShape& command) {
  std::string name = dashed(command.path);
  std::ranges::transform(name, name.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return fmt::format(".TH {} 1 \"\" \"inflow {}\" \"inflow\"\n", plain(name), INFLOW_VERSION);
}

std::string synopsis(const CommandShape& command) {
  std::string line = bold(command.path) + " [" + italic("OPTIONS") + "]";
  for (const ArgumentShape& argument : command.arguments) {
    if (!argument.positional) continue;
    const std::string name = italic(argument.names.front());
    line += argument.required ? " " + name : " [" + name + "]";
  }
  if (!command.subcommands.empty()) line += " " + italic("SUBCOMMAND");
  return line + "\n";
}

std::string tag_of(const ArgumentShape& argument) {
  std::string tag;
  for (const std::string& name : argument.names)
    tag += (tag.empty() ? "" : ", ") + (argument.positional ? italic(name) : bold(name));
  if (!argument.positional && !argument.value.empty()) tag += " " + italic(argument.value);
  return tag;
}

std::string paragraph_of(const ArgumentShape& argument) {
  std::string text = plain(argument.description) + ".\n";
  if (!argument.choices.empty())
    text +=
        fmt::format("One of {}.\n", plain(fmt::format("{}", fmt::join(argument.choices, ", "))));
  if (!argument.default_value.empty())
    text += fmt::format("Default: {}.\n", plain(argument.default_value));
  return text;
}

std::string arguments_of(const CommandShape& command) {
  std::string text;
  for (const ArgumentShape& argument : command.arguments)
    text += ".TP\n" + tag_of(argument) + "\n" + paragraph_of(argument);
  return text;
}

std::string exit_status() {
  std::string text = ".SH EXIT STATUS\n";
  for (const auto& [code, meaning] : exit_meanings())
    text += fmt::format(".TP\n.B {}\n{}\n", static_cast<int>(code), plain(meaning));
  return text;
}

constexpr std::string_view kEnvironment =
    ".SH ENVIRONMENT\n"
    "Settings come from their defaults, then a settings file, then variables that\n"
    "begin with\n"
    ".BR INFLOW_ ,\n"
    "then\n"
    ".BR \\-\\-set ,\n"
    "then flags such as\n"
    ".BR \\-\\-seed ;\n"
    "later ones win.\n"
    "Two underscores separate the parts of a key:\n"
    "INFLOW_TRAINING__STEPS=500 sets training.steps.\n";

std::string page_of_program(const CommandShape& program) {
  std::string page = title(program) + ".SH NAME\n" + plain(program.name) + " \\- " +
                     plain(program.description) + "\n.SH SYNOPSIS\n" + synopsis(program) +
                     ".SH SUBCOMMANDS\n";
  std::string others;
  for (const CommandShape& sub : program.subcommands) {
    page += ".TP\n" + bold(sub.name) + "\n" + plain(sub.description) + ".\n";
    others += fmt::format("{}.BR {} (1)", others.empty() ? "" : " ,\n", plain(dashed(sub.path)));
  }
  return page + ".SH OPTIONS\nThese are also taken behind a subcommand.\n" + arguments_of(program) +
         exit_status() + std::string(kEnvironment) + ".SH SEE ALSO\n" + others + "\n";
}

std::string page_of_subcommand(const CommandShape& command, const CommandShape& program) {
  std::string page = title(command) + ".SH NAME\n" + plain(dashed(command.path)) + " \\- " +
                     plain(command.description) + "\n.SH SYNOPSIS\n";
  std::string options;
  for_each_command(command, [&](const CommandShape& each) {
    if (!each.subcommands.empty()) return;
    page += (page.ends_with(".SH SYNOPSIS\n") ? "" : ".br\n") + synopsis(each);
    if (&each != &command)
      options += ".SS " + plain(each.path) + "\n" + plain(each.description) + ".\n";
    options += arguments_of(each);
  });
  if (!options.empty()) page += ".SH OPTIONS\n" + options;
  return page + ".SH SEE ALSO\n.BR " + plain(program.name) +
         " (1),\nfor options that every subcommand takes, settings and exit status\n";
}

}  // namespace

std::map<std::string, std::string> manual_pages(const CommandShape& program) {
  std::map<std::string, std::string> pages{{program.name + ".1", page_of_program(program)}};
  for (const CommandShape& sub : program.subcommands)
    pages[dashed(sub.path) + ".1"] = page_of_subcommand(sub, program);
  return pages;
}

}  // namespace inflow::tools
