// How long does one wait for a diagnosis of 2,000 images with 8 views each? Fashion-MNIST, views of
// preset simclr_cifar, through a small ResNet of 256 features; beside it the products of all pairs
// of views alone, of which five measures take one each.

#include <memory>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>

#include "inflow/inflation/diagnostics/diagnosis.hpp"
#include "inflow/inflation/diagnostics/embed_views.hpp"
#include "inflow/pipeline/graph.hpp"
#include "inflow/training/encoder.hpp"
#include "inflow/training/evaluation_scope.hpp"
#include "inflow/training/neighbors.hpp"
#include "program.hpp"

namespace inflow::bench {
namespace {

constexpr std::int64_t kImages = 2'000;
constexpr int kViews = 8;

Pipeline pipeline() {
  PipelineOptions options;
  const std::string folder = "/usr/share/datasets/fashion-mnist/";
  options.source = sources().part("idx", {{"images", folder + "train-images-idx3-ubyte.gz"},
                                          {"labels", folder + "train-labels-idx1-ubyte.gz"}});
  options.batch = {.size = 100, .channels = 1};
  Pipeline made = compile(graph_of(options));
  made.views = view_presets().make(view_presets().part("simclr_cifar"));
  made.views.size = 28;
  made.views.count = kViews;
  return made;
}

EmbeddedViews embed_all() {
  // That of configs/fashion-mnist-simclr.yaml.
  const std::shared_ptr<Encoder> encoder =
      encoders().make(encoders().part("resnet", {{"stem_stride", 2},
                                                 {"widths", std::vector{16, 32, 64, 256}},
                                                 {"blocks", std::vector{1, 1, 1, 1}}}),
                      std::int64_t{1});
  initialize(*encoder, 1);
  const EvaluationScope evaluation(*encoder);
  const auto loader = run_parallel(pipeline(), {});
  return embed_views(*loader, kImages,
                     [&](const at::Tensor& images) { return encoder->forward(images); });
}

const EmbeddedViews& embedded() {
  static const EmbeddedViews views = embed_all();
  return views;
}

void embed(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(embed_all());
}

void measure(benchmark::State& state) {
  embedded();
  for (auto _ : state) benchmark::DoNotOptimize(diagnose(embedded()));
}

void floor_of_pairs(benchmark::State& state) {
  const at::Tensor rows = directions_of(embedded().values.flatten(0, 1));
  for (auto _ : state) {
    for (std::int64_t at = 0; at < rows.size(0); at += 200) {
      benchmark::DoNotOptimize(rows.narrow(0, at, 200).mm(rows.t()));
    }
  }
}

void add_all() {
  const auto add = [](const char* name, void (*run)(benchmark::State&)) {
    benchmark::RegisterBenchmark(name, run)->Unit(benchmark::kSecond)->Iterations(1)->UseRealTime();
  };
  add("views, embedded", embed);
  add("diagnosis of these", measure);
  add("floor: products of all pairs", floor_of_pairs);
}

}  // namespace
}  // namespace inflow::bench

int main(int count, char** arguments) {
  return inflow::bench::run_program(count, arguments, inflow::bench::add_all);
}
