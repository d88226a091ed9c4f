#pragma once

#include <string>

#include "inflow/tools/command_tree.hpp"

namespace inflow::tools {

// What completes the command line of a program in a shell: subcommands, options, and the values of
// those that have few; files elsewhere.
std::string bash_completion(const CommandShape& program);
std::string zsh_completion(const CommandShape& program);
std::string fish_completion(const CommandShape& program);

}  // namespace inflow::tools
