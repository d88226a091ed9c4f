#pragma once

#include <array>
#include <memory>

#include "inflow/pipeline/graph.hpp"
#include "support/picture_source.hpp"

namespace inflow::support {

// A stage of each kind, right as they are; tests change what they want to see wrong.
struct UsualStages {
  stage::Order order{};
  stage::Draw draw{};
  stage::Read read{std::make_shared<PictureSource>(1000)};
  stage::Choose choose{policies().make(policies().part("none"), catalog())};
  stage::Render render{{catalog().begin(), catalog().end()}};
  stage::Collect collect{};
};

inline Graph usual_graph(const UsualStages& stages) {
  Graph graph;
  const std::array nodes{
      graph.add("order", stages.order),       graph.add("draw", stages.draw),
      graph.add("read", stages.read),         graph.add("choose", stages.choose),
      graph.add("render", stages.render),     graph.add("collect", stages.collect),
      graph.add("deliver", stage::Deliver{}),
  };
  for (std::size_t i = 1; i < nodes.size(); ++i) graph.connect(nodes[i - 1], nodes[i]);
  return graph;
}

}  // namespace inflow::support
