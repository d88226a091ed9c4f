#include "inflow/tools/watching.hpp"

#include <string>
#include <utility>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <spdlog/spdlog.h>

#include "inflow/pipeline/file.hpp"
#include "inflow/tools/program.hpp"

namespace inflow::tools {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// One figure of every activity.
template <class Set>
MetricFamily family(std::string name, std::string help, MetricType type,
                    const Statistics& statistics, Set set) {
  MetricFamily family{std::move(name), std::move(help), type, {}};
  for (std::size_t i = 0; i < kActivities.size(); ++i) {
    ClientMetric metric;
    metric.label.push_back({"activity", std::string(kActivities[i])});
    set(metric, statistics.of(static_cast<Activity>(i)));
    family.metric.push_back(std::move(metric));
  }
  return family;
}

}  // namespace

std::string metrics_text(const Statistics& statistics) {
  const std::vector<MetricFamily> families{
      family("inflow_rows_total", "Rows that an activity has done", MetricType::Counter, statistics,
             [](ClientMetric& metric, const ActivityStatistics& known) {
               metric.counter.value = static_cast<double>(known.rows);
             }),
      family("inflow_rows_per_second", "Rows since watching began, each second", MetricType::Gauge,
             statistics,
             [](ClientMetric& metric, const ActivityStatistics& known) {
               metric.gauge.value = known.rows_per_second;
             }),
      family("inflow_busy_threads", "Threads that are at an activity, on average",
             MetricType::Gauge, statistics,
             [](ClientMetric& metric, const ActivityStatistics& known) {
               metric.gauge.value = known.busy;
             }),
      family("inflow_waiting_pieces", "Pieces that wait for an activity when it begins, on average",
             MetricType::Gauge, statistics,
             [](ClientMetric& metric, const ActivityStatistics& known) {
               metric.gauge.value = known.waiting;
             }),
      family("inflow_piece_seconds", "Duration of a piece of work", MetricType::Summary, statistics,
             [](ClientMetric& metric, const ActivityStatistics& known) {
               metric.summary.sample_count = known.pieces;
               metric.summary.sample_sum = known.seconds;
               metric.summary.quantile = {{0.5, known.median_seconds}, {0.99, known.p99_seconds}};
             }),
  };
  return prometheus::TextSerializer().Serialize(families);
}

void add_watch_arguments(CLI::App& command, WatchArguments& arguments) {
  command.add_option("--trace", arguments.trace,
                     "Write what the loader does, for chrome://tracing or ui.perfetto.dev");
  command.add_option("--metrics", arguments.metrics,
                     "Write rates, queues and durations in the text format of Prometheus, anew "
                     "every second");
  command.add_option("--dot", arguments.dot,
                     "Write the graph with what its stages did, as Graphviz DOT, at the end");
}

void check(const WatchArguments& arguments) {
  for (const auto& file : {arguments.trace, arguments.metrics, arguments.dot}) {
    if (!file.empty()) check_output_file(file, /*overwrite=*/true);
  }
}

Watching::Watching(const WatchArguments& arguments) : arguments_(arguments) {
  check(arguments);
  if (!arguments.metrics.empty() || !arguments.dot.empty())
    statistics_ = std::make_shared<Statistics>();
  if (!arguments.trace.empty()) trace_ = std::make_shared<Trace>(arguments.trace);
  if (!arguments.metrics.empty()) write_whole(arguments.metrics, metrics_text(*statistics_));
}

std::shared_ptr<Watcher> Watching::watch(const Pipeline& pipeline, const LimitOptions& limits,
                                         Watchdog::Consumer consumer) {
  constexpr std::chrono::seconds kPatience{30};
  watchdog_ = std::make_shared<Watchdog>(pipeline, limits, consumer, kPatience,
                                         [](const std::string& what) { spdlog::warn(what); });
  std::vector<std::shared_ptr<Watcher>> all{watchdog_};
  if (statistics_ != nullptr) all.push_back(statistics_);
  if (trace_ != nullptr) all.push_back(trace_);
  return std::make_shared<Watchers>(std::move(all));
}

void Watching::refresh() {
  if (watchdog_ != nullptr) watchdog_->go_on();
  if (arguments_.metrics.empty() || Clock::now() < next_) return;
  write_whole(arguments_.metrics, metrics_text(*statistics_));
  next_ = Clock::now() + std::chrono::seconds(1);
}

void Watching::finish(const Graph& graph) {
  if (watchdog_ != nullptr) watchdog_->stop();
  next_ = {};
  refresh();
  if (!arguments_.dot.empty()) write_whole(arguments_.dot, to_dot(graph, *statistics_));
  if (trace_ != nullptr) trace_->finish();
}

}  // namespace inflow::tools
