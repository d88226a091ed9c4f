#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "inflow/tools/training/page.hpp"
#include "inflow/tools/training/run_options.hpp"

namespace inflow::tools {

// What `adainf: auto` chose, and by what.
struct Adapted {
  double weaken = 0;
  std::string curve{};  // what adaptation.json holds: every strength with its diagnosis
};

inline constexpr std::string_view kAdaptation = "adaptation.json";

// Makes the views of the settings what `adainf` says. What auto chooses is taken from the file of a
// run that is resumed, `run`, if it has one; nothing is returned unless auto chose. Throws
// UsageError where views are not cropped at random, or nothing can be chosen. Shows how far it is,
// unless `quiet`.
std::optional<Adapted> adapt(RunOptions& options, const std::filesystem::path& run, bool quiet);

// The curves that auto chose by, from the file.
std::vector<Curve> adaptation_curves(const std::string& curve);

}  // namespace inflow::tools
