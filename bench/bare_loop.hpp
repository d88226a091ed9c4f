#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

#include "inflow/pipeline/permutation.hpp"
#include "inflow/pipeline/run.hpp"

namespace inflow::bench {

// What something took: seconds on the clock, and seconds of all threads on a core, which neighbors
// on the machine disturb less.
struct Cost {
  double wall = 0;
  double cpu = 0;
  Cost& operator+=(const Cost& more) {
    wall += more.wall;
    cpu += more.cpu;
    return *this;
  }
};

inline Cost now() {
  const auto clock = std::chrono::steady_clock::now().time_since_epoch();
  return {.wall = std::chrono::duration<double>(clock).count(),
          .cpu = static_cast<double>(std::clock()) / CLOCKS_PER_SEC};
}

inline Cost since(const Cost& start) {
  const Cost end = now();
  return {.wall = end.wall - start.wall, .cpu = end.cpu - start.cpu};
}

// The floor of a loader: threads that take groups of samples by counting, read, draw and render
// them into as many reused batches as the loader has, and wait for nobody. The cost of one epoch,
// all memory and threads included.
inline Cost cost_of_bare_loop(const Pipeline& pipeline, const LimitOptions& limits) {
  const Cost start = now();
  const std::uint64_t samples =
      pipeline.batches_per_epoch() * static_cast<std::uint64_t>(pipeline.batch.size);
  std::vector<RowMemory> rows;
  for (int i = 0; i < limits.buffers * pipeline.views.count; ++i) {
    rows.emplace_back(pipeline.batch_bytes() / static_cast<std::uint64_t>(pipeline.views.count));
  }
  const Finish finish = pipeline.finish();
  const std::size_t bytes = row_bytes(finish, pipeline.views.size_of(0));
  const auto size = static_cast<std::uint64_t>(pipeline.batch.size);
  const auto group = static_cast<std::uint64_t>(limits.group);
  const auto views = static_cast<std::size_t>(pipeline.views.count);
  std::atomic<std::uint64_t> next = 0;
  const auto work = [&] {
    Sample sample;
    RenderScratch scratch;
    std::vector<DrawnView> drawn(views);
    std::vector<ViewKey> keys(views);
    std::vector<Origin> origins(views);
    std::vector<Size> sizes(views);
    std::vector<Plan> plans(views);
    std::vector<std::uint64_t> indices(group);
    const Permutation order(pipeline.source->size(), pipeline.seed, 0);
    for (std::uint64_t first = next.fetch_add(group); first < samples;
         first = next.fetch_add(group)) {
      const std::span group_indices = std::span(indices).first(std::min(group, samples - first));
      order(first, group_indices);
      std::uint64_t ordinal = first;
      for (const std::uint64_t index : group_indices) {
        if (pipeline.source->at(index, sample).fault != Fault::none) std::abort();
        for (std::size_t view = 0; view < views; ++view) {
          keys[view] = {
              .seed = pipeline.seed, .index = index, .view = static_cast<std::uint16_t>(view)};
          drawn[view] = {.key = keys[view],
                         .base = draw_base(pipeline.views, keys[view], size_of(sample.image)),
                         .plan = {},
                         .finish = finish};
          sizes[view] = drawn[view].base.size;
        }
        pipeline.policy->choose({.keys = keys, .origins = origins, .bases = {}, .sizes = sizes},
                                plans);
        for (std::size_t view = 0; view < views; ++view) {
          drawn[view].plan = plans[view];
          const std::uint64_t buffer = ordinal / size % static_cast<std::uint64_t>(limits.buffers);
          std::byte* const row = rows[buffer * views + view].data() + ordinal % size * bytes;
          render(pipeline.views.profile, pipeline.ops, sample.image, drawn[view], {row, bytes},
                 scratch);
        }
        ++ordinal;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < limits.threads; ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  return since(start);
}

// The cost of the same epoch by the flow graph, for a consumer that lets go of each batch at once.
inline Cost cost_of_flow_graph(const Pipeline& pipeline, const LimitOptions& limits) {
  const Cost start = now();
  const auto loader = run_parallel(pipeline, limits);
  while (loader->next()) {
  }
  return since(start);
}

// Nine comparisons, each of one turn, on one thread and on two.
inline void on_one_and_two_threads(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("threads")
      ->Arg(1)
      ->Arg(2)
      ->Iterations(1)
      ->Repetitions(9)
      ->ReportAggregatesOnly()
      ->UseRealTime();
}

}  // namespace inflow::bench
