#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <inflow/pipeline/graph.hpp>
#include <inflow/pipeline/run.hpp>
#include <inflow/policies/policy.hpp>

// Ten pictures, each of one gray, brighter and brighter: a source of the consumer's own.
class Ramp final : public inflow::Source {
 public:
  std::uint64_t size() const override { return 10; }
  std::span<const std::string> classes() const override { return {}; }
  inflow::Meta about(std::uint64_t index) const override { return {.identity = index}; }
  inflow::SampleError at(std::uint64_t index, inflow::Sample& sample,
                         const inflow::WindowOf&) const override {
    sample.image = inflow::Image(40, 40, inflow::Image::value_type::all(static_cast<uchar>(index)));
    return {};
  }
};

inline inflow::Graph graph_over(std::shared_ptr<const inflow::Source> source) {
  using namespace inflow::stage;
  inflow::Graph graph;
  auto last = graph.add("order", Order{.seed = 7, .epochs = 2});
  const auto then = [&](std::string_view name, inflow::Stage stage) {
    const auto next = graph.add(std::string(name), std::move(stage));
    graph.connect(last, next);
    last = next;
  };
  then("draw", Draw{});
  then("read", Read{std::move(source)});
  then("choose", Choose{inflow::policies().make(inflow::policies().part("none"), {})});
  then("render", Render{});
  then("collect", Collect{inflow::BatchOptions{.size = 5}});
  then("deliver", Deliver{});
  return graph;
}

// Two epochs of batches of five.
inline std::unique_ptr<inflow::Loader> ramp_loader() {
  return inflow::run_parallel(inflow::compile(graph_over(std::make_shared<Ramp>())), {});
}
