// How many pictures a second does MADAug's update of a policy put under ops? A batch of 128 views
// of 32x32 under all 17 ops, each picture normalized and with a hole of its own, and their mixture,
// against storing and summing as many numbers. explore_pass.py runs it beside the same pass with
// Pillow.

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>
#include <ATen/ops/softmax.h>
#include <benchmark/benchmark.h>
#include <oneapi/tbb/task_arena.h>

#include "inflow/policies/learned/explore.hpp"
#include "picture.hpp"
#include "program.hpp"

namespace inflow::bench {
namespace {

constexpr std::int64_t kViews = 128;
constexpr std::int64_t kOps = 17;
constexpr Size kSize{.height = 32, .width = 32};

struct Batch {
  std::vector<ViewKey> keys;
  std::vector<Image> images;
  at::Tensor levels = at::full({kViews, kOps}, 0.75, at::kFloat);
  at::Tensor probabilities = at::full({kViews, kOps}, 1.0 / kOps, at::kFloat);
  ExploreFinish finish{
      .finish = {.mean = {0.4914F, 0.4822F, 0.4465F}, .stddev = {0.2470F, 0.2435F, 0.2616F}},
      .cutout = 16};

  Batch() {
    for (std::uint64_t index = 0; index < kViews; ++index) {
      keys.push_back({.seed = 1, .index = index});
      images.push_back(picture(kSize, index));
    }
  }
  Bases bases() const { return {.keys = keys, .images = images}; }
};

// Runs pass() over and over on so many threads, and counts pictures under an op.
template <class Pass>
void run(benchmark::State& state, int threads, Pass pass) {
  at::set_num_threads(threads);
  const at::NoGradGuard no_gradients;
  oneapi::tbb::task_arena arena(threads);
  for (auto _ : state) arena.execute(pass);
  state.SetItemsProcessed(state.iterations() * kViews * kOps);
}

void add(int threads) {
  static const Batch batch;
  const std::string count = std::to_string(threads) + (threads == 1 ? " thread" : " threads");
  const auto set = [&](const std::string& variant, auto function) {
    benchmark::RegisterBenchmark(("explore | " + count + " | " + variant).c_str(), function)
        ->UseRealTime();
  };
  set("floor", [threads](benchmark::State& state) {
    const at::Tensor stored = at::full({kViews, kOps, 3, kSize.height, kSize.width}, 1, at::kFloat);
    run(state, threads, [&] {
      stored.fill_(2);
      benchmark::DoNotOptimize(mixture(stored, batch.probabilities, batch.levels));
    });
  });
  set("inflow", [threads](benchmark::State& state) {
    Explorer explore(catalog(), batch.finish);
    run(state, threads, [&] {
      const Pictures pictures = explore(batch.bases(), batch.levels);
      benchmark::DoNotOptimize(mixture(pictures, batch.probabilities, batch.levels));
    });
  });
  set("inflow without the mixture", [threads](benchmark::State& state) {
    Explorer explore(catalog(), batch.finish);
    run(state, threads, [&] { benchmark::DoNotOptimize(explore(batch.bases(), batch.levels)); });
  });
}

}  // namespace
}  // namespace inflow::bench

int main(int count, char** arguments) {
  return inflow::bench::run_program(count, arguments, [] {
    inflow::bench::add(1);
    inflow::bench::add(2);
  });
}
