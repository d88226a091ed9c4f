#pragma once

#include <string>

#include "inflow/tools/training/pretrain_options.hpp"
#include "inflow/training/run_directory.hpp"

namespace inflow::tools {

// Writes report.html, a page that needs no other file: curves of loss and rate, a grid of views,
// the evaluation table, the settings. Where gnuplot is not installed the page says so instead of
// the curves.
void write_report(const RunDirectory& directory, const PretrainOptions& options,
                  const std::string& evaluation_table);

}  // namespace inflow::tools
