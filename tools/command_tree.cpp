#include "inflow/tools/command_tree.hpp"

#include <sstream>

namespace inflow::tools {
namespace {

// CLI11 says "TEXT:{one,other}" of an option whose values it knows.
std::vector<std::string> choices_in(const std::string& type) {
  const std::size_t begin = type.find('{');
  const std::size_t end = type.find('}', begin);
  std::vector<std::string> choices;
  if (end == std::string::npos) return choices;
  std::istringstream names(type.substr(begin + 1, end - begin - 1));
  for (std::string name; std::getline(names, name, ',');) choices.push_back(name);
  return choices;
}

ArgumentShape shape_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  ArgumentShape shape{.positional = option.get_positional(),
                      .required = option.get_required(),
                      .choices = choices_in(type),
                      .default_value = option.get_default_str(),
                      .description = option.get_description()};
  if (shape.positional) {
    shape.names.push_back(option.get_name(/*positional=*/true));
  } else {
    for (const std::string& name : option.get_lnames()) shape.names.push_back("--" + name);
    for (const std::string& name : option.get_snames()) shape.names.push_back("-" + name);
  }
  if (option.get_items_expected_max() > 0) shape.value = type.substr(0, type.find_first_of(":{ "));
  return shape;
}

CommandShape shape_below(const CLI::App& app, const std::string& parents) {
  CommandShape shape{.path = parents + app.get_name(),
                     .name = app.get_name(),
                     .description = app.get_description()};
  for (const CLI::Option* option : app.get_options()) {
    const bool inherited = app.get_parent() != nullptr && option == app.get_help_ptr();
    if (!inherited) shape.arguments.push_back(shape_of(*option));
  }
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    shape.subcommands.push_back(shape_below(*sub, shape.path + " "));
  return shape;
}

}  // namespace

CommandShape shape_of(const CLI::App& app) { return shape_below(app, ""); }

}  // namespace inflow::tools
