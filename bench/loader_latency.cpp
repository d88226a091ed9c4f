// How long does one wait: for the first batch, between epochs, and for a run that goes on where
// another ended? The 60,000 pictures of Fashion-MNIST, two SimCLR views of 28x28, batches of 256.

#include <algorithm>
#include <chrono>
#include <vector>

#include <benchmark/benchmark.h>

#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/run.hpp"

namespace inflow::bench {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

PipelineOptions options() {
  PipelineOptions options;
  options.seed = 7;
  const std::string folder = "/usr/share/datasets/fashion-mnist/";
  options.source = sources().part("idx", {{"images", folder + "train-images-idx3-ubyte.gz"},
                                          {"labels", folder + "train-labels-idx1-ubyte.gz"}});
  return options;
}

// From settings to the first batch, the files unpacked on the way.
void first_batch(benchmark::State& state) {
  for (auto _ : state) {
    const auto start = Clock::now();
    const Pipeline pipeline = compile(graph_of(options()));
    state.counters["compiled_ms"] = milliseconds_since(start);
    const auto loader = run_parallel(pipeline, {});
    benchmark::DoNotOptimize(loader->next());
    state.counters["first_batch_ms"] = milliseconds_since(start);
  }
}

// Between two batches that follow one another, by a consumer that takes no time itself.
void between_epochs(benchmark::State& state) {
  const Pipeline pipeline = compile(graph_of(options()));
  const std::uint64_t batches = pipeline.batches_per_epoch();
  for (auto _ : state) {
    const auto loader = run_parallel(pipeline, {}, {.seed = pipeline.seed, .batch = batches - 20});
    std::vector<double> gaps;
    double at_epoch = 0;
    for (auto last = Clock::now(); gaps.size() < 40; last = Clock::now()) {
      const Batch batch = loader->next();
      gaps.push_back(milliseconds_since(last));
      if (batch->epoch == 1 && batch->number == 0) at_epoch = gaps.back();
    }
    std::ranges::nth_element(gaps, gaps.begin() + 20);
    state.counters["batch_ms"] = gaps[20];
    state.counters["between_epochs_ms"] = at_epoch;
  }
}

void restore(benchmark::State& state) {
  const Pipeline pipeline = compile(graph_of(options()));
  const std::string saved = to_json(LoaderState{
      .seed = pipeline.seed, .epoch = 1'000'000, .batch = pipeline.batches_per_epoch() - 1});
  for (auto _ : state) {
    const auto start = Clock::now();
    const auto loader = run_parallel(pipeline, {}, loader_state_from_json(saved));
    state.counters["restored_ms"] = milliseconds_since(start);
    benchmark::DoNotOptimize(loader->next());
    state.counters["first_batch_ms"] = milliseconds_since(start);
  }
}

void set(benchmark::internal::Benchmark* benchmark) {
  benchmark->Iterations(1)->Repetitions(9)->ReportAggregatesOnly()->UseRealTime();
}

BENCHMARK(first_batch)->Apply(set);
BENCHMARK(between_epochs)->Apply(set)->Repetitions(31);
BENCHMARK(restore)->Apply(set);

}  // namespace
}  // namespace inflow::bench

BENCHMARK_MAIN();
