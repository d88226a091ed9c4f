#pragma once

#include <CLI/App.hpp>

#include "inflow/tools/program.hpp"

namespace inflow::tools {

void add_pretrain(CLI::App& app, Program& program);
void add_train(CLI::App& app, Program& program);
void add_probe(CLI::App& app, Program& program);
void add_export(CLI::App& app, Program& program);
void add_generate(CLI::App& app, Program& program);
void add_audit(CLI::App& app, Program& program);
void add_diagnose(CLI::App& app, Program& program);

}  // namespace inflow::tools
