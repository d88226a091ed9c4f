// How long do a training step and a denoising step of the diffusion model take? A network for
// 28x28 pictures of one channel, as configs/fashion-mnist-diffusion.yaml has it. generator_cost.py
// runs it beside the same network in PyTorch.

#include <cstdint>
#include <memory>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/rand.h>
#include <benchmark/benchmark.h>

#include "inflow/inflation/generator/diffusion.hpp"
#include "inflow/training/trainer.hpp"
#include "program.hpp"

namespace inflow::bench {
namespace {

constexpr std::int64_t kTrained = 64;
constexpr std::int64_t kDrawn = 100;
constexpr int kSteps = 10;

BatchTensors batch() {
  auto data = std::make_shared<BatchData>();
  for (std::uint64_t index = 0; index < kTrained; ++index) data->indices.push_back(index);
  return {.views = {at::rand({kTrained, 1, 28, 28}) * 2 - 1},
          .labels = {},
          .identities = {},
          .data = data};
}

std::shared_ptr<Diffusion> diffusion() {
  DiffusionOptions options;
  options.network = {.multipliers = {1, 2}, .unshuffle = 2};
  auto made = std::make_shared<Diffusion>(options, ImageShape{.channels = 1, .size = 28}, 0);
  made->begin(1);
  return made;
}

void train(benchmark::State& state) {
  Trainer trainer({.steps = 1'000'000, .clip_norm = 1, .compute = {.threads = 2}}, diffusion());
  const BatchTensors images = batch();
  for (auto _ : state) benchmark::DoNotOptimize(trainer.train(images));
  state.SetItemsProcessed(state.iterations() * kTrained);
}

void draw(benchmark::State& state) {
  const auto generator = diffusion();
  const Compute compute = apply({.threads = 2});
  put_in_layout(*generator, compute);
  const AutocastScope autocast(compute.bf16);
  for (auto _ : state) benchmark::DoNotOptimize(generator->sample({.steps = kSteps}, 1, 0, kDrawn));
  state.SetItemsProcessed(state.iterations() * kDrawn * kSteps);
}

}  // namespace
}  // namespace inflow::bench

int main(int count, char** arguments) {
  return inflow::bench::run_program(count, arguments, [] {
    benchmark::RegisterBenchmark("generator | training", inflow::bench::train)->UseRealTime();
    benchmark::RegisterBenchmark("generator | sampling", inflow::bench::draw)->UseRealTime();
  });
}
