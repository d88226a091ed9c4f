#include "inflow/tools/watching.hpp"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/pipeline/file.hpp"
#include "support/small_pipeline.hpp"
#include "support/temporary_directory.hpp"

namespace inflow::tools {
namespace {

using testing::HasSubstr;

Span half_a_second_of_reading() {
  const auto begin = std::chrono::steady_clock::now();
  return {.activity = Activity::read,
          .begin = begin,
          .end = begin + std::chrono::milliseconds(500),
          .rows = 7,
          .waiting = 3};
}

TEST(Metrics, AreInTheTextFormatOfPrometheus) {
  Statistics statistics;
  statistics.note(half_a_second_of_reading());
  const std::string text = metrics_text(statistics);
  EXPECT_THAT(text, HasSubstr("# TYPE inflow_rows_total counter\n"
                              "inflow_rows_total{activity=\"read\"} 7"));
  EXPECT_THAT(text, HasSubstr("inflow_rows_total{activity=\"mix\"} 0"));
  EXPECT_THAT(text, HasSubstr("inflow_waiting_pieces{activity=\"read\"} 3"));
  EXPECT_THAT(text, HasSubstr("inflow_piece_seconds_count{activity=\"read\"} 1\n"
                              "inflow_piece_seconds_sum{activity=\"read\"} 0.5"));
  EXPECT_THAT(text, HasSubstr("inflow_piece_seconds{activity=\"read\",quantile=\"0.5\"} 0."));
}

TEST(Watching, WritesTheFilesThatAreNamed) {
  const support::TemporaryDirectory directory;
  Watching watching({.trace = directory / "trace.json",
                     .metrics = directory / "metrics",
                     .dot = directory / "graph.dot"});
  const auto watcher = watching.watch(support::small_pipeline(), {}, Watchdog::Consumer::steady);
  watcher->note(half_a_second_of_reading());
  watching.refresh();
  EXPECT_THAT(read_file(directory / "metrics"), HasSubstr("_total{activity=\"read\"} 7"));
  watcher->note(half_a_second_of_reading());
  watching.refresh();
  EXPECT_THAT(read_file(directory / "metrics"), HasSubstr("_total{activity=\"read\"} 7"));

  Graph graph;
  graph.add("read", stage::Read{});
  watching.finish(graph);
  EXPECT_THAT(read_file(directory / "metrics"), HasSubstr("_total{activity=\"read\"} 14"));
  EXPECT_THAT(read_file(directory / "trace.json"), HasSubstr("\"rows\":7"));
  EXPECT_THAT(read_file(directory / "graph.dot"), HasSubstr(" ms, 3 waiting"));
}

}  // namespace
}  // namespace inflow::tools
