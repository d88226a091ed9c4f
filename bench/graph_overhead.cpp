// What does a group cost in the flow graph, beside the work on its samples? One view of one pixel,
// so that there is next to no work, against a bare loop with the same threads; both variants take
// turns in one run.

#include <benchmark/benchmark.h>

#include "bare_loop.hpp"
#include "support/memory_source.hpp"

namespace inflow::bench {
namespace {

void graph_overhead(benchmark::State& state) {
  constexpr std::uint64_t kSamples = 400 * 256;
  ViewOptions views = view_presets().make(view_presets().part("plain"));
  views.size = 1;
  views.count = 1;
  const Pipeline pipeline{.seed = 7,
                          .epochs = 1,
                          .source = std::make_shared<support::MemorySource>(kSamples, Size{1, 1}),
                          .views = views,
                          .policy = policies().make(policies().part("none"), catalog()),
                          .ops = {catalog().begin(), catalog().end()},
                          .batch = {.dtype = Dtype::uint8}};
  const LimitOptions limits{.threads = static_cast<int>(state.range(0)),
                            .group = static_cast<int>(state.range(1))};
  Cost floor;
  Cost graph;
  for (auto _ : state) {
    floor += cost_of_bare_loop(pipeline, limits);
    graph += cost_of_flow_graph(pipeline, limits);
  }
  const auto groups = static_cast<double>(state.iterations() * kSamples) / limits.group;
  state.counters["floor_ns_per_group"] = floor.wall / groups * 1e9;
  state.counters["graph_ns_per_group"] = graph.wall / groups * 1e9;
  state.counters["cpu_ns_added_per_group"] = (graph.cpu - floor.cpu) / groups * 1e9;
}

BENCHMARK(graph_overhead)
    ->ArgNames({"threads", "group"})
    ->ArgsProduct({{1, 2}, {1, 8, 32, 256}})
    ->Iterations(1)
    ->Repetitions(9)
    ->ReportAggregatesOnly()
    ->UseRealTime();

}  // namespace
}  // namespace inflow::bench

BENCHMARK_MAIN();
