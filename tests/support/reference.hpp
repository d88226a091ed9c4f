#pragma once

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/temporary_directory.hpp"

// Runs the scripts of tests/reference where there is a Python for them.

namespace inflow::support {

inline constexpr const char* kNoReference =
    "INFLOW_REFERENCE_PYTHON is no Python with the versions of tests/reference/requirements.txt";

// The exit status of a script; none where there is no Python for it.
inline std::optional<int> run_reference(const std::string& script, const std::string& arguments) {
  const std::string python = INFLOW_REFERENCE_PYTHON;
  if (python.empty()) return {};
  // -B: nothing is left beside the script.
  const std::string path = INFLOW_SOURCE_DIR "/tests/reference/" + script;
  return std::system(("'" + python + "' -B '" + path + "' " + arguments).c_str());
}

// The cases that a script draws with --sweep: as many as the environment variable INFLOW_SWEEP
// says, else `count`. Other counts give other cases. None where there is no Python.
inline std::optional<nlohmann::json> swept(const std::string& script, int count) {
  const TemporaryDirectory directory;
  const std::string file = directory / "sweep.json";
  const char* const wanted = std::getenv("INFLOW_SWEEP");
  const std::string cases = wanted != nullptr ? wanted : std::to_string(count);
  const std::optional<int> status = run_reference(script, "--sweep '" + cases + "' '" + file + "'");
  if (!status) return {};
  EXPECT_EQ(*status, 0) << script << " failed";
  std::ifstream content(file);
  return nlohmann::json::parse(content).at("cases");
}

}  // namespace inflow::support
