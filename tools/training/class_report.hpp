#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inflow/tools/training/report.hpp"
#include "inflow/training/class_scores.hpp"

namespace inflow::tools {

// How a classifier does on one set.
struct NamedScores {
  std::string name;  // held out, test
  ClassScores scores;
};

// Accuracy of each class and of all, a column for each set; and the same as JSON.
std::string class_table(std::span<const NamedScores> sets, std::span<const std::string> classes);
std::string class_json(std::span<const NamedScores> sets, std::span<const std::string> classes,
                       std::int64_t step);

// One evaluation while training goes on, as a line of JSON.
std::string evaluation_line(std::int64_t step, std::uint64_t epoch, const ClassScores& scores);

// What such lines, and the lines of metrics.jsonl, come to: a row for each evaluation, with the
// mean loss of the steps since the one before.
std::string curves_csv(const std::string& evaluations, const std::string& metrics,
                       std::span<const std::string> classes);

}  // namespace inflow::tools
