#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>

namespace inflow::tools {

// A curve as an SVG element, drawn by gnuplot; nothing if gnuplot cannot be run.
std::optional<std::string> plot_svg(const std::string& title, const std::string& x_label,
                                    std::span<const std::pair<double, double>> points);

}  // namespace inflow::tools
