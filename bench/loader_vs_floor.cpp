// How much slower is the flow graph than a bare loop over the same kernels with the same threads?
// Two SimCLR views of 32x32 pictures (float32 NCHW, batches of 256, groups of 32), in either
// profile; both variants take turns in one run.

#include <benchmark/benchmark.h>

#include "bare_loop.hpp"
#include "support/memory_source.hpp"

namespace inflow::bench {
namespace {

void loader_vs_floor(benchmark::State& state, Profile profile, std::uint64_t samples) {
  Pipeline pipeline{.seed = 7,
                    .epochs = 1,
                    .source = std::make_shared<support::MemorySource>(samples, Size{32, 32}),
                    .views = view_presets().make(view_presets().part("simclr_cifar")),
                    .policy = policies().make(policies().part("none"), catalog()),
                    .ops = {catalog().begin(), catalog().end()},
                    .batch = {}};
  pipeline.views.profile = profile;
  const LimitOptions limits{.threads = static_cast<int>(state.range(0))};
  Cost floor;
  Cost graph;
  for (auto _ : state) {
    floor += cost_of_bare_loop(pipeline, limits);
    graph += cost_of_flow_graph(pipeline, limits);
  }
  const double images = static_cast<double>(state.iterations()) * static_cast<double>(samples);
  state.counters["floor_images_per_s"] = images / floor.wall;
  state.counters["graph_images_per_s"] = images / graph.wall;
  state.counters["graph_time_over_floor"] = graph.wall / floor.wall;
  state.counters["graph_cpu_over_floor"] = graph.cpu / floor.cpu;
}

BENCHMARK_CAPTURE(loader_vs_floor, pil, Profile::pil, 80 * 256)->Apply(on_one_and_two_threads);
BENCHMARK_CAPTURE(loader_vs_floor, fast, Profile::fast, 640 * 256)->Apply(on_one_and_two_threads);

}  // namespace
}  // namespace inflow::bench

BENCHMARK_MAIN();
