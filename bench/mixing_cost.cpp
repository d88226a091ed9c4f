// What does it cost a loader to mix a pool of generated images in? The 60,000 pictures of
// Fashion-MNIST 10 times beside a pool of 300,000 in shards of 10,000, against the real ones alone:
// two SimCLR views of 28x28 in batches of 256; both variants take turns in one run. The pool holds
// the same pictures five times, for views to cost the same.

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include "bare_loop.hpp"
#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/mixed.hpp"
#include "inflow/pipeline/pool.hpp"
#include "program.hpp"

namespace inflow::bench {
namespace {

// A pool of the pictures of a source in their order, again and again, that is gone with the
// program.
class CopiedPool {
 public:
  explicit CopiedPool(const Source& pictures) {
    std::string name = std::filesystem::temp_directory_path() / "inflow-bench-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw RuntimeError("cannot make a directory: " + name);
    path_ = name;
    const PoolManifest manifest{.generator = "copies",
                                .weights = {},
                                .training_hash = ImageHashes().digits(),
                                .count = 300'000,
                                .samples_per_shard = 10'000,
                                .image = {.height = 28, .width = 28},
                                .channels = 1,
                                .classes = {}};
    write_pool_manifest(path_, manifest, {});
    constexpr std::uint64_t kBytes = 28 * 28;
    std::vector<std::uint8_t> pixels(manifest.samples_per_shard * kBytes);
    for (std::uint64_t shard = 0; shard < shards_of(manifest).size(); ++shard) {
      for (std::uint64_t at = 0; at < manifest.samples_per_shard; ++at) {
        Sample sample;
        pictures.at((shard * manifest.samples_per_shard + at) % pictures.size(), sample, {});
        std::memcpy(&pixels[at * kBytes], sample.image.data, kBytes);
      }
      write_pool_shard(path_, manifest, shard, pixels);
    }
  }
  CopiedPool(const CopiedPool&) = delete;
  CopiedPool& operator=(const CopiedPool&) = delete;
  ~CopiedPool() { std::filesystem::remove_all(path_); }

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

Pipeline pipeline_of(std::shared_ptr<const Source> source, const std::string& profile) {
  PipelineOptions options;
  options.seed = 7;
  options.views = view_presets().part("simclr_cifar", {{"size", 28}, {"profile", profile}});
  return compile(graph_of(options, {.source = std::move(source)}));
}

Cost cost_of(const Pipeline& pipeline, const LimitOptions& limits, int batches) {
  const Cost start = now();
  const auto loader = run_parallel(pipeline, limits);
  for (int batch = 0; batch < batches; ++batch) benchmark::DoNotOptimize(loader->next());
  return since(start);
}

void mixing_cost(benchmark::State& state, const std::string& profile, int batches, MixedMode mode) {
  static const std::shared_ptr<const Source> real = fashion_mnist();
  static const CopiedPool pool(*real);
  const Pipeline alone = pipeline_of(real, profile);
  const Pipeline mixed = pipeline_of(
      mixed_of({{.source = real, .copies = 10}, {.source = pool.source()}}, mode), profile);
  const LimitOptions limits{.threads = static_cast<int>(state.range(0))};
  Cost of_alone;
  Cost of_mixed;
  for (auto _ : state) {
    of_alone += cost_of(alone, limits, batches);
    of_mixed += cost_of(mixed, limits, batches);
  }
  state.counters["images_per_s_alone"] = batches * 256 / of_alone.wall;
  state.counters["time_mixed_over_alone"] = of_mixed.wall / of_alone.wall;
  state.counters["cpu_mixed_over_alone"] = of_mixed.cpu / of_alone.cpu;
}

void on_modes(const std::string& profile, int batches) {
  for (const MixedMode mode : {MixedMode::shuffle, MixedMode::bernoulli, MixedMode::exact}) {
    const std::string name = "mixing_cost/" + profile + "/";
    on_one_and_two_threads(benchmark::RegisterBenchmark(
        (name + std::string(kMixedModes[static_cast<std::size_t>(mode)])).c_str(), mixing_cost,
        profile, batches, mode));
  }
}

}  // namespace
}  // namespace inflow::bench

int main(int count, char** arguments) {
  return inflow::bench::run_program(count, arguments, [] {
    inflow::bench::on_modes("pil", 80);
    inflow::bench::on_modes("fast", 600);
  });
}
