// What does it cost to choose plans by MADAug's policy and to apply them, beside a uniform policy
// with as many of the same ops? Groups of 64 views of 32x32, from base to float32 row. The model's
// forward pass, which costs what the model costs, is left out: its features are there already. The
// images that it takes are written, and the same images are in the way of a uniform policy, too:
// what they push out of the caches is part of their cost.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <ATen/ops/zeros.h>
#include <benchmark/benchmark.h>

#include "inflow/policies/learned/explore.hpp"
#include "inflow/policies/learned/madaug.hpp"
#include "inflow/policies/views.hpp"
#include "picture.hpp"
#include "program.hpp"

namespace inflow::bench {
namespace {

constexpr std::size_t kViews = 64;
constexpr std::size_t kGroups = 64;  // of different keys
constexpr std::int64_t kFeatures = 128;
constexpr Size kSize{.height = 32, .width = 32};

const Finish kFinish{.mean = {0.4914F, 0.4822F, 0.4465F}, .stddev = {0.2470F, 0.2435F, 0.2616F}};

std::shared_ptr<const Policy> madaug() {
  MadaugOptions options;
  options.ops_per_view = 2;
  options.floor = 1;  // every view
  const at::Tensor features = at::zeros({kViews, kFeatures}, at::kFloat);
  const PolicyNet net(options.net, kFeatures, static_cast<std::int64_t>(catalog().size()), 1);
  return std::make_shared<MadaugPolicy>(
      0, options, catalog(),
      FrozenFeatures{.extract = [features](const at::Tensor&) { return features; },
                     .finish = kFinish},
      net.frozen());
}

std::shared_ptr<const Policy> uniform() {
  return policies().make(policies().part("uniform"), catalog());
}

std::vector<Image> pictures() {
  std::vector<Image> bases;
  for (std::size_t view = 0; view < kViews; ++view) bases.push_back(picture(kSize, view));
  return bases;
}

void set_views(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kViews));
}

// What is done for each group.
struct Turn {
  std::string name;
  std::shared_ptr<const Policy> policy;
  bool writes_images = false;  // besides the policy
  bool applies = false;
};

void run(benchmark::State& state, const Turn& turn) {
  const std::vector<Image> bases = pictures();
  const std::vector<Origin> origins(kViews);
  const std::vector<Size> sizes(kViews, kSize);
  std::vector<ViewKey> keys(kViews);
  std::vector<Plan> plans(kViews);
  DrawnView drawn;
  std::vector<std::byte> row(row_bytes(drawn.finish, kSize));
  RenderScratch scratch;
  std::uint64_t group = 0;
  for (auto _ : state) {
    for (std::size_t view = 0; view < kViews; ++view)
      keys[view] = {.seed = 3, .index = group % kGroups * kViews + view};
    ++group;
    if (turn.writes_images) benchmark::DoNotOptimize(normalized(bases, kFinish).data_ptr());
    turn.policy->choose({.keys = keys, .origins = origins, .bases = bases, .sizes = sizes}, plans);
    benchmark::DoNotOptimize(plans.data());
    for (std::size_t view = 0; turn.applies && view < kViews; ++view) {
      drawn.plan = plans[view];
      render_planned(catalog(), bases[view], drawn, row, scratch);
      benchmark::DoNotOptimize(row.data());
    }
  }
  set_views(state);
}

void add(const std::string& name, const std::shared_ptr<const Policy>& policy, bool writes_images) {
  for (const bool applies : {false, true}) {
    const Turn turn{.name = name + (applies ? " | chosen and applied" : " | chosen"),
                    .policy = policy,
                    .writes_images = writes_images,
                    .applies = applies};
    benchmark::RegisterBenchmark(turn.name.c_str(),
                                 [turn](benchmark::State& state) { run(state, turn); });
  }
}

}  // namespace
}  // namespace inflow::bench

int main(int count, char** arguments) {
  return inflow::bench::run_program(count, arguments, [] {
    inflow::bench::add("uniform", inflow::bench::uniform(), false);
    inflow::bench::add("uniform, images written", inflow::bench::uniform(), true);
    inflow::bench::add("madaug", inflow::bench::madaug(), false);
  });
}
