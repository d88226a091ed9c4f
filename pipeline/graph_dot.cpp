#include <array>
#include <optional>
#include <sstream>

#include <boost/graph/graphviz.hpp>

#include "inflow/pipeline/detail/graph_nodes.hpp"
#include "inflow/pipeline/statistics.hpp"

namespace inflow {
namespace {

std::string_view text(Kind kind) {
  static constexpr std::array<std::string_view, 3> kTexts{"image", "mask", "raster"};
  return kTexts[static_cast<std::size_t>(kind)];
}

std::string_view text(Depth depth) {
  static constexpr std::array<std::string_view, 3> kTexts{"u8", "u16", "f32"};
  return kTexts[static_cast<std::size_t>(depth)];
}

// Says what leaves a stage.
struct Label {
  const Pipeline& settings;

  std::string operator()(const stage::Order&) const {
    return settings.source ? "indices below " + std::to_string(settings.source->size()) : "indices";
  }
  std::string operator()(const stage::Draw& draw) const {
    return per_size(draw.views, " bases of ", size_text);
  }
  std::string operator()(const stage::Read& read) const {
    return read.source ? plane_text(read.source->spec()) : "planes";
  }
  std::string operator()(const stage::Choose&) const {
    std::string text = std::to_string(settings.views.views()) + " plans";
    if (settings.series) text += " of the batch's own policy";
    if (settings.needs_pixels()) {
      text += ", by the bases of " + std::to_string(settings.group()) +
              (settings.group() == 1 ? " sample" : " samples");
    }
    return text;
  }
  std::string operator()(const stage::Render&) const {
    const auto shape = [this](Size size) { return shape_text(size); };
    return per_size(settings.views, " rows of ", shape) +
           (settings.batch.dtype == Dtype::uint8 ? " uint8" : " float32");
  }
  std::string operator()(const stage::Collect& collect) const {
    return "batch of " + std::to_string(collect.batch.size) + ", " +
           std::to_string(settings.batch_bytes()) + " bytes";
  }
  std::string operator()(const stage::Mix& mix) const {
    const std::string batch = "batch of " + std::to_string(settings.batch.size);
    if (mix.mix.type == MixType::none) return batch;
    return batch + ", two labels a row";
  }
  std::string operator()(const stage::Deliver&) const { return "batches"; }

 private:
  // `2 bases of 32x32`, and how many of which size are local.
  template <class Text>
  static std::string per_size(const ViewOptions& views, std::string_view what, Text text) {
    const auto count = static_cast<std::size_t>(views.count);
    const std::string global = std::to_string(count) + std::string(what) + text(views.size_of(0));
    if (views.local.count == 0) return global;
    return global + " and " + std::to_string(views.local.count) + " of " +
           text(views.size_of(count));
  }

  std::string shape_text(Size size) const {
    const std::string channels = std::to_string(settings.batch.channels);
    const bool planar = settings.batch.layout == Layout::nchw;
    return planar ? channels + "x" + size_text(size) : size_text(size) + "x" + channels;
  }
};

// `what_it_did` adds lines to the label of a node.
template <class WhatItDid>
std::string dot_of(const Graph& graph, WhatItDid what_it_did) {
  const StageNodes& nodes = graph.description().nodes;
  const Pipeline settings = settings_of(nodes);
  const auto write_node = [&](std::ostream& out, auto node) {
    const std::string kind = kind_of(nodes[node].stage);
    const std::string& name = nodes[node].name;
    const std::string title = name == kind ? name : name + ": " + kind;
    out << "[label=" << boost::escape_dot_string(title + what_it_did(nodes[node].stage)) << "]";
  };
  const auto write_edge = [&](std::ostream& out, const auto& edge) {
    const std::string label = std::visit(Label{settings}, nodes[source(edge, nodes)].stage);
    out << "[label=" << boost::escape_dot_string(label) << "]";
  };
  const auto write_graph = [](std::ostream& out) { out << "rankdir=LR;\nnode [shape=box];\n"; };
  std::ostringstream out;
  boost::write_graphviz(out, nodes, write_node, write_edge, write_graph);
  return out.str();
}

// What is watched of a stage. Drawing is part of rendering.
std::optional<Activity> activity_of(const Stage& stage) {
  if (std::holds_alternative<stage::Read>(stage)) return Activity::read;
  if (std::holds_alternative<stage::Choose>(stage)) return Activity::choose;
  if (std::holds_alternative<stage::Render>(stage)) return Activity::render;
  if (std::holds_alternative<stage::Collect>(stage)) return Activity::repair;
  if (std::holds_alternative<stage::Mix>(stage)) return Activity::mix;
  return {};
}

// What is known of a stage, a line each.
std::string lines_of(const Stage& stage, const Statistics& statistics) {
  const std::optional<Activity> activity = activity_of(stage);
  if (!activity) return {};
  const ActivityStatistics known = statistics.of(*activity);
  std::ostringstream lines;
  lines.precision(3);
  lines << '\n'
        << known.rows_per_second << " rows/s, " << known.busy << " threads\n"
        << "median " << 1e3 * known.median_seconds << " ms, p99 " << 1e3 * known.p99_seconds
        << " ms, " << known.waiting << " waiting";
  return lines.str();
}

}  // namespace

std::string size_text(Size size) {
  if (size == Size{}) return "any size";
  return std::to_string(size.height) + "x" + std::to_string(size.width);
}

std::string plane_text(const Spec& spec) {
  return std::string(text(spec.kind)) + " " + std::string(text(spec.depth)) + ", " +
         std::to_string(spec.channels) + (spec.channels == 1 ? " channel, " : " channels, ") +
         size_text(spec.size);
}

std::string to_dot(const Graph& graph) {
  return dot_of(graph, [](const Stage&) { return ""; });
}

std::string to_dot(const Graph& graph, const Statistics& statistics) {
  return dot_of(graph, [&](const Stage& stage) { return lines_of(stage, statistics); });
}

}  // namespace inflow
