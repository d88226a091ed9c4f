#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inflow/ops/image.hpp"
#include "inflow/tools/training/plot.hpp"

// The pieces of a page that needs no other file.

namespace inflow::tools {

// A plot of a page.
struct Curve {
  std::string title;
  std::string x_label;
  std::vector<Line> lines;
};

// Text as it stands in a page.
std::string escaped(std::string_view text);

// The whole page around its body, which begins with the title.
std::string page_of(std::string_view title, std::string_view body);

// A body under a heading; nothing for an empty one.
std::string section(std::string_view title, std::string_view body);

std::string preformatted(std::string_view text);

// Pictures inside the page, so many times as wide as they are.
std::string picture(const Image& image, std::string_view what, int magnification);

// Plots, of those that have points. Where gnuplot is not installed the page says so instead.
std::string figures(const std::vector<Curve>& curves);

}  // namespace inflow::tools
