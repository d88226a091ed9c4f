#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/pipeline.hpp"
#include "inflow/pipeline/sink.hpp"

namespace inflow {

// The kinds of stages, each with its settings. A closed set: a new kind must be taken up by
// validate() and both executors.
namespace stage {

// Which samples, in which order: a keyed permutation of the source per epoch, or the source's own
// order.
struct Order {
  std::uint64_t seed = 0;
  bool shuffle = true;
  std::uint64_t epochs = 0;  // 0: endless
};

// Draws the bases and finishes of each sample's views, from its key and header.
struct Draw {
  ViewOptions views;
};

// Takes a sample from the source and decodes it. `settings` are those it was made from; without
// them it is the caller's own, and what was made of it cannot be made again from a file alone.
struct Read {
  std::shared_ptr<const Source> source;
  PartOptions settings{};
};

// Asks the policy for a plan per view. Settings as for Read. A series stands in the place of the
// policy.
struct Choose {
  std::shared_ptr<const Policy> policy;
  PartOptions settings{};
  std::shared_ptr<PolicySeries> series{};
};

// Renders base, plan and finish into the rows of the batch.
struct Render {
  std::vector<Op> ops;  // what Step.op counts in: the catalog, then the caller's own
};

// Cuts the stream into batches of equal size, of which a rank has its part, and leaves out or
// replaces bad samples.
struct Collect {
  BatchOptions batch;
  FaultOptions faults{};
  RankOptions ranks{};
};

// Mixes the rows of a finished batch in pairs. The one kind of stage that may be left out.
struct Mix {
  MixOptions mix;
};

// Hands finished batches to the consumer, in order.
struct Deliver {};

}  // namespace stage

using Stage = std::variant<stage::Order, stage::Draw, stage::Read, stage::Choose, stage::Render,
                           stage::Collect, stage::Mix, stage::Deliver>;

// A pipeline as it is described: named stages and the edges between them. Nothing runs; any mistake
// can be described.
class Graph {
 public:
  using Node = std::size_t;

  Graph();
  ~Graph();
  Graph(const Graph&);
  Graph(Graph&&) noexcept;
  Graph& operator=(Graph) noexcept;

  Node add(std::string name, Stage stage);
  // Throws UsageError for a node that was not added here.
  void connect(Node from, Node to);

  struct Description;  // a Boost.Graph adjacency list
  const Description& description() const { return *description_; }

 private:
  std::unique_ptr<Description> description_;
};

// Every problem of a description at once, not the first: wrong numbers of edges, cycles, stages
// that are missing, out of order or there twice, planes that a stage cannot take, and settings that
// contradict each other. Empty if it can run.
std::vector<Problem> validate(const Graph& graph);

// The description as Graphviz DOT, each edge labelled with what travels along it (shapes, memory
// per batch).
std::string to_dot(const Graph& graph);

// The checked form that executors run. Throws UsageError that lists every problem.
Pipeline compile(const Graph& graph);

// The caller's own values. A source, a policy, or a series of them, and a sink stand in the place
// of those that settings name, whose keys then say nothing; ops come after those of the catalog,
// for policies to choose from. Own values must not change while they are used, and give equal
// results for equal arguments; all but sinks are called from several threads.
struct OwnParts {
  std::shared_ptr<const Source> source{};
  std::shared_ptr<const Policy> policy{};
  std::shared_ptr<PolicySeries> series{};
  std::vector<Op> ops{};
  MakeSink sink{};  // of a job that writes pictures; others need none
};

// The usual graph: order, draw, read, choose, render, collect, mix if there is anything to mix,
// deliver.
Graph graph_of(const PipelineOptions& options, const OwnParts& own = {});

}  // namespace inflow
