// How much slower is the flow graph than a bare loop over the same kernels with the same threads?
// Two SimCLR views of 32x32 pictures (profile pil, float32 NCHW, batches of 256, groups of 32);
// both variants take turns in one run.

#include <benchmark/benchmark.h>

#include "bare_loop.hpp"
#include "support/memory_source.hpp"

namespace inflow::bench {
namespace {

void loader_vs_floor(benchmark::State& state) {
  constexpr std::uint64_t kSamples = 80 * 256;
  const Pipeline pipeline{.seed = 7,
                          .epochs = 1,
                          .source = std::make_shared<support::MemorySource>(kSamples, Size{32, 32}),
                          .views = view_presets().make(view_presets().part("simclr_cifar")),
                          .policy = policies().make(policies().part("none"), catalog()),
                          .ops = {catalog().begin(), catalog().end()},
                          .batch = {}};
  const LimitOptions limits{.threads = static_cast<int>(state.range(0))};
  Cost floor;
  Cost graph;
  for (auto _ : state) {
    floor += cost_of_bare_loop(pipeline, limits);
    graph += cost_of_flow_graph(pipeline, limits);
  }
  const double images = static_cast<double>(state.iterations() * kSamples);
  state.counters["floor_images_per_s"] = images / floor.wall;
  state.counters["graph_images_per_s"] = images / graph.wall;
  state.counters["graph_time_over_floor"] = graph.wall / floor.wall;
  state.counters["graph_cpu_over_floor"] = graph.cpu / floor.cpu;
}

BENCHMARK(loader_vs_floor)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->Iterations(1)
    ->Repetitions(9)
    ->ReportAggregatesOnly()
    ->UseRealTime();

}  // namespace
}  // namespace inflow::bench

BENCHMARK_MAIN();
