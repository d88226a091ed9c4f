#pragma once

#include <string>
#include <vector>

#include "inflow/pipeline/graph.hpp"
#include "inflow/tools/training/page.hpp"
#include "inflow/training/run_directory.hpp"

namespace inflow::tools {

// One value per line of a file of JSON lines, against the step; lines without it say nothing.
Curve curve_of(const std::string& title, const std::string& lines, const std::string& key);

// The same for every key of the first line but `step`, each under its name.
std::vector<Curve> curves_of_all(const std::string& lines);

// What a report shows besides what it finds in the run directory.
struct ReportContent {
  PipelineOptions pipeline;
  OwnParts own{};          // of that pipeline
  std::string evaluation;  // a table; empty if there is none
  std::vector<Curve> held_out{};
  std::vector<Curve> policy{};      // of one that learned
  std::vector<Curve> adaptation{};  // of views to an inflated set
  Image samples{};                  // of a generator; empty if there is none
};

// Writes report.html, a page that needs no other file: curves of all metrics, of what is held out,
// of what a policy learned when, of strengths that were compared, samples of a generator, a grid of
// views, the evaluation table, the settings. Where gnuplot is not installed the page says so
// instead of the curves.
void write_report(const RunDirectory& directory, const ReportContent& content);

}  // namespace inflow::tools
