#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include <CLI/App.hpp>

#include "inflow/pipeline/statistics.hpp"
#include "inflow/pipeline/trace.hpp"
#include "inflow/pipeline/watchdog.hpp"

namespace inflow::tools {

// Files that a subcommand writes about what its loader does; none unless named.
struct WatchArguments {
  std::filesystem::path trace;
  std::filesystem::path metrics;
  std::filesystem::path dot;
};

void add_watch_arguments(CLI::App& command, WatchArguments& arguments);

// Throws OutputError if one of the files cannot be written.
void check(const WatchArguments& arguments);

// Watches a loader for as long as it runs, for the consumer's thread. Warns when nothing goes on.
class Watching {
 public:
  // Throws as check() does.
  explicit Watching(const WatchArguments& arguments);

  // What a loader of this pipeline and these limits is to tell of its work.
  std::shared_ptr<Watcher> watch(const Pipeline& pipeline, const LimitOptions& limits,
                                 Watchdog::Consumer consumer);

  // The consumer went on. Brings the metrics up to date, once a second at most.
  void refresh();

  // Writes what is left, and the graph with what its stages did.
  void finish(const Graph& graph);

 private:
  using Clock = std::chrono::steady_clock;

  WatchArguments arguments_;
  std::shared_ptr<Statistics> statistics_;
  std::shared_ptr<Trace> trace_;
  std::shared_ptr<Watchdog> watchdog_;
  Clock::time_point next_{};
};

// The statistics in the text format of Prometheus.
std::string metrics_text(const Statistics& statistics);

}  // namespace inflow::tools
