#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>

#include "inflow/ops/options.hpp"
#include "inflow/pipeline/augment.hpp"
#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/pipeline.hpp"
#include "inflow/pipeline/settings.hpp"

namespace inflow::tools {

// The settings of a run: those of a pipeline and of what it writes, and in a build that trains,
// those of training.
class RunSettings {
 public:
  virtual ~RunSettings() = default;
  virtual std::vector<Option> describe() = 0;  // bound to this object
  virtual PipelineOptions& pipeline() = 0;
  virtual OutputOptions& output() = 0;
  // Throws for what a run would refuse besides its pipeline.
  virtual void check() {}
  // What stands in the place of parts of the pipeline that only a run can make; of the samples,
  // after check(), those that it would train on.
  virtual OwnParts own() const { return {}; }
};

// With every default; knows the keys of training where this build trains.
std::unique_ptr<RunSettings> default_run_settings();

// Where a subcommand takes its settings from: CONFIG, --set, and the flags that stand for a key.
struct SettingsArguments {
  std::filesystem::path config;
  std::vector<std::string> assignments;
  std::string seed;
  std::string threads;
  std::string memory_limit;
};

void add_settings_arguments(CLI::App& command, SettingsArguments& arguments);

// The same without CONFIG.
void add_settings_options(CLI::App& command, SettingsArguments& arguments);

// For the subcommands that take --memory-limit, too.
void add_memory_limit_argument(CLI::App& command, SettingsArguments& arguments);

// Defaults < CONFIG < INFLOW_* < --set < flags. Throws UsageError that lists every problem.
void read(const SettingsArguments& arguments, std::vector<Option> into);

// The part of a run's settings that describes its pipeline, read like this. Warns of too many
// threads.
PipelineOptions read_pipeline(const SettingsArguments& arguments);

// A warning for a thread count above what the machine has, under the key that sets it.
void warn_of_too_many_threads(std::string_view key, int threads);

// Throws UsageError that names every setting in which `now` differs from `before`, both in JSON,
// but for those whose path begins like one of `free`.
void require_same_settings(const std::string& now, const std::string& before,
                           std::span<const std::string_view> free);

}  // namespace inflow::tools
