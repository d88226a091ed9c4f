#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <CLI/App.hpp>

#include "inflow/pipeline/graph.hpp"
#include "inflow/tools/mode_arguments.hpp"
#include "inflow/tools/program.hpp"
#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/training/run_options.hpp"
#include "inflow/tools/watching.hpp"
#include "inflow/training/policy_learning.hpp"
#include "inflow/training/run_directory.hpp"
#include "inflow/training/trainer.hpp"

namespace inflow::tools {

// The arguments of a subcommand that trains in a run directory.
struct RunArguments : ModeArguments {
  SettingsArguments settings;
  std::filesystem::path out;
  WatchArguments watch;

  std::filesystem::path directory() const {
    return out.empty() ? "runs" / settings.config.stem() : out;
  }
};

void add_run_arguments(CLI::App& command, RunArguments& arguments);

// The line that shows how a run goes.
std::string line_of(const Progress& progress);

// What one kind of training does in its own way.
struct RunPlan {
  // Of what it trains on. Where the policy learns: with its policies, or without any while there
  // are none yet.
  std::function<Graph(std::shared_ptr<PolicySeries> series)> graph;
  std::shared_ptr<Objective> objective{};
  // Of a policy that learns, on batches like those of `training`; null for another.
  std::function<PolicyLearningSetup(const Pipeline& training, const Compute& compute)> policy{};
  // Before the first step, of `done` steps before: brings files of the plan's own to where they
  // were then. May be null, like after_step (RunHooks::after_step).
  std::function<void(const RunDirectory&, std::int64_t done)> begin{};
  std::function<void(const RunDirectory&, std::int64_t step)> after_step{};
  // What is added to the line that shows progress; may be null.
  std::function<std::string()> status{};
  // Once it is trained: exports, evaluates and reports; the report is written last. `learned` is
  // the policy that was, if any.
  std::function<void(const RunDirectory&, const std::shared_ptr<const Policy>& learned)> finish{};
};

// Trains as the options say, in a run directory that may be resumed, then finishes and prints where
// everything is. A finished run that is resumed only prints.
ExitCode run_training(const RunArguments& arguments, RunOptions& options, const RunPlan& plan,
                      const Program& program);

}  // namespace inflow::tools
