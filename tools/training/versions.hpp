#pragma once

#include <string>

namespace inflow::tools {

// What a run was made with: inflow, results, libraries, compiler, processor, command line; as JSON.
std::string versions_json(const std::string& command_line);

}  // namespace inflow::tools
