#pragma once

#include <array>
#include <string>
#include <string_view>
#include <variant>

#include <boost/graph/adjacency_list.hpp>

#include "inflow/pipeline/graph.hpp"

// What the parts of Graph share: graph.cpp, which makes and compiles it, graph_check.cpp and
// graph_dot.cpp.

namespace inflow {

struct StageNode {
  std::string name;
  Stage stage;
};

using StageNodes =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, StageNode>;

struct Graph::Description {
  StageNodes nodes;
};

// By position in Stage, which is also the order in which they must stand.
inline constexpr std::array<std::string_view, std::variant_size_v<Stage>> kKinds{
    "order", "draw", "read", "choose", "render", "collect", "mix", "deliver"};

inline std::string kind_of(const Stage& stage) { return std::string(kKinds[stage.index()]); }

// A plane as messages and labels call it: `image u8, 3 channels, 32x32`.
std::string plane_text(const Spec& spec);

// 32x32; `any size` for none.
std::string size_text(Size size);

// What the stages say, put together; defaults where a stage is missing.
Pipeline settings_of(const StageNodes& nodes);

}  // namespace inflow
