#pragma once

#include <string>

#include <CLI/App.hpp>

#include "inflow/pipeline/output_directory.hpp"

namespace inflow::tools {

// The flag --shard of a subcommand that can do a part of its job.
void add_shard_argument(CLI::App& command, std::string& argument);

// Throws UsageError where it is not i/n, i from 1 to n.
OutputShard shard_of(const std::string& argument);

}  // namespace inflow::tools
