#pragma once

#include <CLI/App.hpp>

#include "inflow/tools/program.hpp"

namespace inflow::tools {

// The two halves of `inflow generate`.
void add_generate_train(CLI::App& generate, Program& program);
void add_generate_sample(CLI::App& generate, Program& program);

}  // namespace inflow::tools
