#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace inflow::tools {

// A line of a plot. Names show where a plot has several.
struct Line {
  std::string name;
  std::vector<std::pair<double, double>> points;
};

// Lines as an SVG element, drawn by gnuplot; nothing if gnuplot cannot be run.
std::optional<std::string> plot_svg(const std::string& title, const std::string& x_label,
                                    std::span<const Line> lines);

}  // namespace inflow::tools
