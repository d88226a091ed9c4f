// What does it cost a loader to mix a pool of generated images in? The 60,000 pictures of
// Fashion-MNIST 10 times beside a pool of 300,000 in shards of 10,000, against the real ones alone:
// two SimCLR views of 28x28 of profile fast, 600 batches of 256; both variants take turns in one
// run.

#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include "bare_loop.hpp"
#include "inflow/ops/random.hpp"
#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/mixed.hpp"
#include "inflow/pipeline/pool.hpp"

namespace inflow::bench {
namespace {

// A pool of noise that is gone with the program.
class NoisePool {
 public:
  NoisePool() {
    std::string name = std::filesystem::temp_directory_path() / "inflow-bench-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw RuntimeError("cannot make a directory: " + name);
    path_ = name;
    const PoolManifest manifest{.generator = "noise",
                                .weights = {},
                                .training_hash = ImageHashes().digits(),
                                .count = 300'000,
                                .samples_per_shard = 10'000,
                                .image = {.height = 28, .width = 28},
                                .channels = 1,
                                .classes = {}};
    write_pool_manifest(path_, manifest, {});
    std::vector<std::uint8_t> pixels(manifest.samples_per_shard * 28 * 28);
    for (std::uint64_t shard = 0; shard < shards_of(manifest).size(); ++shard) {
      Rng rng({.seed = shard}, Stream::noise);
      for (std::uint8_t& pixel : pixels) pixel = static_cast<std::uint8_t>(rng());
      write_pool_shard(path_, manifest, shard, pixels);
    }
  }
  NoisePool(const NoisePool&) = delete;
  NoisePool& operator=(const NoisePool&) = delete;
  ~NoisePool() { std::filesystem::remove_all(path_); }

  std::shared_ptr<const Source> source() const {
    return sources().make(sources().part("pool", {{"path", path_.string()}}));
  }

 private:
  std::filesystem::path path_;
};

std::shared_ptr<const Source> fashion_mnist() {
  return sources().make(sources().part(
      "idx", {{"images", "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz"}}));
}

Pipeline pipeline_of(std::shared_ptr<const Source> source) {
  PipelineOptions options;
  options.seed = 7;
  options.views = view_presets().part("simclr_cifar", {{"size", 28}, {"profile", "fast"}});
  return compile(graph_of(options, {.source = std::move(source)}));
}

Cost cost_of(const Pipeline& pipeline, const LimitOptions& limits) {
  constexpr int kBatches = 600;
  const Cost start = now();
  const auto loader = run_parallel(pipeline, limits);
  for (int batch = 0; batch < kBatches; ++batch) benchmark::DoNotOptimize(loader->next());
  return since(start);
}

void mixing_cost(benchmark::State& state, MixedMode mode) {
  static const NoisePool pool;
  const auto real = fashion_mnist();
  const Pipeline alone = pipeline_of(real);
  const Pipeline mixed =
      pipeline_of(mixed_of({{.source = real, .copies = 10}, {.source = pool.source()}}, mode));
  const LimitOptions limits{.threads = static_cast<int>(state.range(0))};
  Cost of_alone;
  Cost of_mixed;
  for (auto _ : state) {
    of_alone += cost_of(alone, limits);
    of_mixed += cost_of(mixed, limits);
  }
  state.counters["images_per_s_alone"] = 600 * 256 / of_alone.wall;
  state.counters["time_mixed_over_alone"] = of_mixed.wall / of_alone.wall;
  state.counters["cpu_mixed_over_alone"] = of_mixed.cpu / of_alone.cpu;
}

void set(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("threads")
      ->Arg(1)
      ->Arg(2)
      ->Iterations(1)
      ->Repetitions(9)
      ->ReportAggregatesOnly()
      ->UseRealTime();
}

BENCHMARK_CAPTURE(mixing_cost, shuffle, MixedMode::shuffle)->Apply(set);
BENCHMARK_CAPTURE(mixing_cost, bernoulli, MixedMode::bernoulli)->Apply(set);
BENCHMARK_CAPTURE(mixing_cost, exact, MixedMode::exact)->Apply(set);

}  // namespace
}  // namespace inflow::bench

BENCHMARK_MAIN();
