#include "inflow/pipeline/graph.hpp"

#include <algorithm>
#include <utility>

#include "inflow/pipeline/cached_source.hpp"
#include "inflow/pipeline/detail/graph_nodes.hpp"

namespace inflow {
namespace {

// With a cache, if it is wanted and of use.
std::shared_ptr<const Source> cached(std::shared_ptr<const Source> source,
                                     const PipelineOptions& options) {
  const std::uint64_t cache = options.limits.cache.count;
  if (cache == 0 || source->pictures() == 0) return source;
  return std::make_shared<CachedSource>(std::move(source), cache);
}

// A policy that keeps the ops it chooses from.
std::shared_ptr<const Policy> policy_of(const PartOptions& options, const std::vector<Op>& ops) {
  const auto kept = std::make_shared<const std::vector<Op>>(ops);
  const auto policy = policies().make(options, *kept);
  return {policy.get(), [kept, policy](const Policy*) {}};
}

}  // namespace

Pipeline settings_of(const StageNodes& nodes) {
  struct Collector {
    Pipeline& into;
    void operator()(const stage::Order& order) const {
      into.seed = order.seed;
      into.shuffle = order.shuffle;
      into.epochs = order.epochs;
    }
    void operator()(const stage::Draw& draw) const { into.views = draw.views; }
    void operator()(const stage::Read& read) const {
      into.source = read.source;
      into.source_settings = read.settings;
    }
    void operator()(const stage::Choose& choose) const {
      into.policy = choose.policy;
      into.policy_settings = choose.settings;
      into.series = choose.series;
    }
    void operator()(const stage::Render& render) const { into.ops = render.ops; }
    void operator()(const stage::Collect& collect) const {
      into.batch = collect.batch;
      into.faults = collect.faults;
      into.ranks = collect.ranks;
    }
    void operator()(const stage::Mix& mix) const { into.mix = mix.mix; }
    void operator()(const stage::Deliver&) const {}
  };
  Pipeline settings;
  for (const auto node : boost::make_iterator_range(vertices(nodes))) {
    std::visit(Collector{settings}, nodes[node].stage);
  }
  return settings;
}

Graph::Graph() : description_(std::make_unique<Description>()) {}
Graph::~Graph() = default;
Graph::Graph(const Graph& other)
    : description_(std::make_unique<Description>(*other.description_)) {}
Graph::Graph(Graph&&) noexcept = default;

Graph& Graph::operator=(Graph other) noexcept {
  description_ = std::move(other.description_);
  return *this;
}

Graph::Node Graph::add(std::string name, Stage stage) {
  return add_vertex({.name = std::move(name), .stage = std::move(stage)}, description_->nodes);
}

void Graph::connect(Node from, Node to) {
  const std::size_t count = num_vertices(description_->nodes);
  if (from >= count || to >= count) {
    throw UsageError("no such stage in a graph of " + std::to_string(count) + ": number " +
                     std::to_string(std::max(from, to)));
  }
  add_edge(from, to, description_->nodes);
}

Pipeline compile(const Graph& graph) {
  throw_if_any("the pipeline cannot run", validate(graph));
  return settings_of(graph.description().nodes);
}

Graph graph_of(const PipelineOptions& options, const OwnParts& own) {
  Graph graph;
  std::vector<Op> ops(catalog().begin(), catalog().end());
  ops.insert(ops.end(), own.ops.begin(), own.ops.end());
  std::vector<Graph::Node> stages{
      graph.add(
          "order",
          stage::Order{.seed = options.seed, .shuffle = options.shuffle, .epochs = options.epochs}),
      graph.add("draw", stage::Draw{view_presets().make(options.views)}),
      graph.add("read", own.source ? stage::Read{cached(own.source, options)}
                                   : stage::Read{cached(sources().make(options.source), options),
                                                 options.source}),
      graph.add("choose", own.policy || own.series
                              ? stage::Choose{.policy = own.policy, .series = own.series}
                              : stage::Choose{policy_of(options.policy, ops), options.policy}),
      graph.add("render", stage::Render{ops}),
      graph.add("collect", stage::Collect{options.batch, options.faults, options.ranks}),
  };
  if (options.mix.type != MixType::none) {
    stages.push_back(graph.add("mix", stage::Mix{options.mix}));
  }
  stages.push_back(graph.add("deliver", stage::Deliver{}));
  for (std::size_t i = 1; i < stages.size(); ++i) graph.connect(stages[i - 1], stages[i]);
  return graph;
}

}  // namespace inflow
