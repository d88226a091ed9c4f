#include "inflow/pipeline/graph.hpp"

#include <array>

#include <gtest/gtest.h>

#include "inflow/policies/published_policies.hpp"
#include "support/group_policy.hpp"
#include "support/message.hpp"
#include "support/picture_source.hpp"
#include "support/usual_graph.hpp"

namespace inflow {
namespace {

using support::UsualStages;

std::vector<Problem> problems_of(const UsualStages& stages) {
  return validate(support::usual_graph(stages));
}

const std::vector<Problem> kNone;

TEST(Graph, OfTheUsualStagesHasNoProblem) { EXPECT_EQ(problems_of({}), kNone); }

TEST(Graph, KeepsItsValueWhenItsCopyChanges) {
  const Graph graph = support::usual_graph({});
  Graph copy = graph;
  copy.add("another", stage::Deliver{});
  EXPECT_EQ(validate(graph), kNone);
  EXPECT_NE(validate(copy), kNone);
  copy = graph;
  EXPECT_EQ(validate(copy), kNone);
}

TEST(Graph, RefusesAnEdgeToAStageItDoesNotHave) {
  Graph graph;
  graph.add("order", stage::Order{});
  EXPECT_EQ(support::message_of<UsageError>([&] { graph.connect(0, 4); }),
            "no such stage in a graph of 1: number 4");
}

TEST(Compile, GivesTheSettingsOfTheStages) {
  UsualStages stages;
  stages.order = {.seed = 9, .shuffle = false, .epochs = 3};
  stages.draw.views.size = 24;
  stages.collect.batch.size = 5;
  const Pipeline pipeline = compile(support::usual_graph(stages));
  EXPECT_EQ(pipeline.seed, 9U);
  EXPECT_FALSE(pipeline.shuffle);
  EXPECT_EQ(pipeline.epochs, 3U);
  EXPECT_EQ(pipeline.views.size_of(0), (Size{24, 24}));
  EXPECT_EQ(pipeline.batch.size, 5);
  EXPECT_EQ(pipeline.source, stages.read.source);
  EXPECT_EQ(pipeline.policy, stages.choose.policy);
  EXPECT_EQ(pipeline.ops.size(), catalog().size());
}

TEST(Compile, DoesNotDependOnTheOrderInWhichStagesWereAdded) {
  const UsualStages stages;
  Graph graph;
  const Graph::Node deliver = graph.add("deliver", stage::Deliver{});
  const Graph::Node read = graph.add("read", stages.read);
  const Graph::Node collect = graph.add("collect", stages.collect);
  const Graph::Node order = graph.add("order", stages.order);
  const Graph::Node render = graph.add("render", stages.render);
  const Graph::Node choose = graph.add("choose", stages.choose);
  const Graph::Node draw = graph.add("draw", stages.draw);
  graph.connect(order, draw);
  graph.connect(draw, read);
  graph.connect(render, collect);
  graph.connect(collect, deliver);
  graph.connect(read, choose);
  graph.connect(choose, render);
  EXPECT_EQ(compile(graph).source, stages.read.source);
}

TEST(Compile, NamesEveryProblemAtOnce) {
  UsualStages stages;
  stages.read.source = nullptr;
  stages.collect.batch.size = 0;
  EXPECT_EQ(support::message_of<UsageError>([&] { compile(support::usual_graph(stages)); }),
            "the pipeline cannot run:\n"
            "  read: has no source\n"
            "  collect.size: expected an integer in [1, 1048576], found: 0");
}

TEST(Dot, LabelsEachEdgeWithWhatTravelsAlongIt) {
  UsualStages stages;
  stages.read.source = std::make_shared<support::PictureSource>(60000);
  EXPECT_EQ(to_dot(support::usual_graph(stages)),
            R"(digraph G {
rankdir=LR;
node [shape=box];
0[label=order];
1[label=draw];
2[label=read];
3[label=choose];
4[label=render];
5[label=collect];
6[label=deliver];
0->1 [label="indices below 60000"];
1->2 [label="2 bases of 32x32"];
2->3 [label="image u8, 3 channels, any size"];
3->4 [label="2 plans"];
4->5 [label="2 rows of 3x32x32 float32"];
5->6 [label="batch of 256, 6291456 bytes"];
}
)");
}

TEST(Dot, TellsForWhomAPolicyChooses) {
  UsualStages stages;
  const auto policy = std::make_shared<support::GroupPolicy>(64);
  stages.choose = {.policy = policy};
  std::string dot = to_dot(support::usual_graph(stages));
  EXPECT_NE(dot.find("[label=\"2 plans, by the bases of 64 samples\"]"), std::string::npos) << dot;
  // Beside the rows of the usual batch its bases.
  EXPECT_NE(dot.find("[label=\"batch of 256, 7864320 bytes\"]"), std::string::npos) << dot;
  stages.choose = {.policy = nullptr,
                   .series = std::make_shared<PublishedPolicies>(
                       3, 4, std::vector<std::shared_ptr<const Policy>>{policy})};
  dot = to_dot(support::usual_graph(stages));
  EXPECT_NE(dot.find("[label=\"2 plans of the batch's own policy, by the bases of 64 samples\"]"),
            std::string::npos)
      << dot;
}

TEST(Dot, TellsLocalViewsFromTheOthers) {
  UsualStages stages;
  stages.draw.views.local = {.count = 6, .size = 16};
  stages.collect.batch.layout = Layout::nhwc;
  const std::string dot = to_dot(support::usual_graph(stages));
  EXPECT_NE(dot.find("[label=\"2 bases of 32x32 and 6 of 16x16\"]"), std::string::npos) << dot;
  EXPECT_NE(dot.find("[label=\"8 plans\"]"), std::string::npos) << dot;
  EXPECT_NE(dot.find("[label=\"2 rows of 32x32x3 and 6 of 16x16x3 float32\"]"), std::string::npos)
      << dot;
  EXPECT_NE(dot.find("[label=\"batch of 256, 11010048 bytes\"]"), std::string::npos) << dot;
}

// The usual stages with one that mixes rows.
Graph mixing_graph(const MixOptions& options) {
  const UsualStages stages;
  Graph graph;
  const std::array nodes{
      graph.add("order", stages.order),      graph.add("draw", stages.draw),
      graph.add("read", stages.read),        graph.add("choose", stages.choose),
      graph.add("render", stages.render),    graph.add("collect", stages.collect),
      graph.add("mix", stage::Mix{options}), graph.add("deliver", stage::Deliver{}),
  };
  for (std::size_t i = 1; i < nodes.size(); ++i) graph.connect(nodes[i - 1], nodes[i]);
  return graph;
}

TEST(Compile, GivesTheMix) {
  const Pipeline pipeline = compile(mixing_graph({.type = MixType::cutmix, .alpha = 0.5}));
  EXPECT_EQ(pipeline.mix.type, MixType::cutmix);
  EXPECT_EQ(pipeline.mix.alpha, 0.5);
  EXPECT_EQ(compile(support::usual_graph({})).mix.type, MixType::none);
}

TEST(Compile, NamesEveryProblemOfAMix) {
  EXPECT_EQ(support::message_of<UsageError>([&] {
              compile(mixing_graph({.type = MixType::mixup, .alpha = 0, .probability = 1.5}));
            }),
            "the pipeline cannot run:\n"
            "  mix.alpha: expected a number in [0.001, 1000], found: 0.0\n"
            "  mix.probability: expected a number in [0, 1], found: 1.5");
}

TEST(Dot, ShowsAMixBetweenCollectAndDeliver) {
  const std::string dot = to_dot(mixing_graph({.type = MixType::mixup}));
  EXPECT_NE(dot.find("5->6 [label=\"batch of 256, 6291456 bytes\"];\n"
                     "6->7 [label=\"batch of 256, two labels a row\"];\n"),
            std::string::npos)
      << dot;
  EXPECT_NE(dot.find("6[label=mix];\n7[label=deliver];\n"), std::string::npos) << dot;
}

TEST(Dot, ShowsAGraphThatCannotRun) {
  Graph graph;
  const Graph::Node mine = graph.add("my \"own\" stage", stage::Read{});
  graph.connect(mine, graph.add("render", stage::Render{}));
  EXPECT_EQ(to_dot(graph),
            "digraph G {\n"
            "rankdir=LR;\n"
            "node [shape=box];\n"
            "0[label=\"my \\\"own\\\" stage: read\"];\n"
            "1[label=render];\n"
            "0->1 [label=planes];\n"
            "}\n");
}

TEST(GraphOf, MakesThePartsThatOptionsName) {
  PipelineOptions options;
  options.source = sources().part("idx");
  EXPECT_THROW(graph_of(options), Error) << "there are no such files";
  options.source.type = "idy";
  EXPECT_EQ(support::message_of<UsageError>([&] { graph_of(options); }),
            "unknown source: idy (did you mean idx?)");
}

}  // namespace
}  // namespace inflow
