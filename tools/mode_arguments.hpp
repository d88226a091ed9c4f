#pragma once

#include <string>

#include <CLI/App.hpp>

#include "inflow/pipeline/locked_directory.hpp"

namespace inflow::tools {

// The flags that say what becomes of a directory that is there already.
struct ModeArguments {
  bool resume = false;
  bool overwrite = false;

  RunMode mode() const {
    return resume ? RunMode::resume : overwrite ? RunMode::overwrite : RunMode::fresh;
  }
};

// Adds --resume and --overwrite, of which there may be one, with what they do.
void add_mode_arguments(CLI::App& command, ModeArguments& arguments, const std::string& resume,
                        const std::string& overwrite);

}  // namespace inflow::tools
