#pragma once

#include <map>
#include <string>

#include "inflow/tools/command_tree.hpp"

namespace inflow::tools {

// The manual pages of a program in man(7), by the names of their files: inflow.1 for the program,
// inflow-ops.1 for a subcommand and those below it.
std::map<std::string, std::string> manual_pages(const CommandShape& program);

}  // namespace inflow::tools
