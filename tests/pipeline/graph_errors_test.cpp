// Each mistake in a graph gives its message, and nothing else.

#include <functional>

#include <gtest/gtest.h>

#include "inflow/pipeline/graph.hpp"
#include "inflow/policies/published_policies.hpp"
#include "support/group_policy.hpp"
#include "support/usual_graph.hpp"

namespace inflow {

void PrintTo(const Problem& problem, std::ostream* out) {
  *out << problem.where << ": " << problem.what;
}

namespace {

using support::PictureSource;
using support::UsualStages;
using Problems = std::vector<Problem>;

Problems problems_with(const std::function<void(UsualStages&)>& mistake) {
  UsualStages stages;
  mistake(stages);
  return validate(support::usual_graph(stages));
}

// A source that says of its pictures, or of their number, what it is told to.
class ClaimingSource final : public Source {
 public:
  ClaimingSource(std::uint64_t size, Spec spec) : size_(size), spec_(spec) {}
  std::uint64_t size() const override { return size_; }
  std::span<const std::string> classes() const override { return {}; }
  Spec spec() const override { return spec_; }
  Meta about(std::uint64_t) const override { return {}; }
  SampleError at(std::uint64_t, Sample&, const WindowOf&) const override {
    return {.fault = Fault::unreadable, .reason = "never read"};
  }

 private:
  std::uint64_t size_;
  Spec spec_;
};

// The usual stages, unconnected.
struct Nodes {
  explicit Nodes(Graph& graph)
      : order(graph.add("order", UsualStages{}.order)),
        draw(graph.add("draw", UsualStages{}.draw)),
        read(graph.add("read", UsualStages{}.read)),
        choose(graph.add("choose", UsualStages{}.choose)),
        render(graph.add("render", UsualStages{}.render)),
        collect(graph.add("collect", UsualStages{}.collect)),
        deliver(graph.add("deliver", stage::Deliver{})) {}
  Graph::Node order, draw, read, choose, render, collect, deliver;
};

TEST(GraphErrors, EmptyGraph) {
  EXPECT_EQ(validate(Graph{}), (Problems{{"", "a stage is missing: order"},
                                         {"", "a stage is missing: draw"},
                                         {"", "a stage is missing: read"},
                                         {"", "a stage is missing: choose"},
                                         {"", "a stage is missing: render"},
                                         {"", "a stage is missing: collect"},
                                         {"", "a stage is missing: deliver"}}));
}

TEST(GraphErrors, MissingStage) {
  const UsualStages stages;
  Graph graph;
  const Graph::Node order = graph.add("order", stages.order);
  const Graph::Node draw = graph.add("draw", stages.draw);
  const Graph::Node read = graph.add("read", stages.read);
  const Graph::Node render = graph.add("render", stages.render);
  const Graph::Node collect = graph.add("collect", stages.collect);
  const Graph::Node deliver = graph.add("deliver", stage::Deliver{});
  graph.connect(order, draw);
  graph.connect(draw, read);
  graph.connect(read, render);
  graph.connect(render, collect);
  graph.connect(collect, deliver);
  EXPECT_EQ(validate(graph), (Problems{{"", "a stage is missing: choose"}}));
}

TEST(GraphErrors, StageThatIsThereTwice) {
  Graph graph = support::usual_graph({});
  graph.add("again", stage::Render{});
  EXPECT_EQ(validate(graph), (Problems{{"again", "there is a render stage already: render"},
                                       {"again", "needs exactly one input: has 0"},
                                       {"again", "needs exactly one output: has 0"}}));
}

TEST(GraphErrors, TwoStagesOfOneNameAndOneWithout) {
  Graph graph = support::usual_graph({});
  graph.add("render", stage::Draw{});
  graph.add("", stage::Draw{});
  const Problems problems = validate(graph);
  ASSERT_GE(problems.size(), 2U);
  EXPECT_EQ(problems[0], (Problem{"", "two stages have one name: render"}));
  EXPECT_EQ(problems[1], (Problem{"", "a draw stage has no name"}));
}

TEST(GraphErrors, StagesInTheWrongOrder) {
  Graph graph;
  const Nodes nodes(graph);
  graph.connect(nodes.order, nodes.draw);
  graph.connect(nodes.draw, nodes.choose);
  graph.connect(nodes.choose, nodes.read);
  graph.connect(nodes.read, nodes.render);
  graph.connect(nodes.render, nodes.collect);
  graph.connect(nodes.collect, nodes.deliver);
  EXPECT_EQ(validate(graph),
            (Problems{{"read", "read must come before choose, not after it: choose"}}));
}

TEST(GraphErrors, CycleAndWrongNumbersOfEdges) {
  Graph graph;
  const Nodes nodes(graph);
  graph.connect(nodes.order, nodes.draw);
  graph.connect(nodes.draw, nodes.read);
  graph.connect(nodes.read, nodes.choose);
  graph.connect(nodes.choose, nodes.render);
  graph.connect(nodes.render, nodes.read);
  graph.connect(nodes.collect, nodes.deliver);
  EXPECT_EQ(validate(graph),
            (Problems{{"read", "needs exactly one input: has 2"},
                      {"read", "read must come before render, not after it: render"},
                      {"collect", "needs exactly one input: has 0"},
                      {"", "the stages form a cycle: read, choose, render"}}));
}

TEST(GraphErrors, EdgesThatEndsMustNotHave) {
  Graph graph = support::usual_graph({});
  graph.connect(6, 0);
  const Problems problems = validate(graph);
  ASSERT_EQ(problems.size(), 4U);
  EXPECT_EQ(problems[0], (Problem{"order", "needs no input: has 1"}));
  EXPECT_EQ(problems[2], (Problem{"deliver", "needs no output: has 1"}));
}

TEST(GraphErrors, StageThatIsItsOwnInput) {
  Graph graph = support::usual_graph({});
  graph.connect(3, 3);
  EXPECT_EQ(validate(graph), (Problems{{"choose", "needs exactly one input: has 2"},
                                       {"choose", "needs exactly one output: has 2"},
                                       {"", "the stages form a cycle: choose"}}));
}

TEST(GraphErrors, TooManyEpochs) {
  EXPECT_EQ(problems_with(
                [](UsualStages& stages) { stages.order.epochs = (std::uint64_t{1} << 32) + 1; }),
            (Problems{{"order.epochs", "must be at most 4294967296: 4294967297"}}));
}

TEST(GraphErrors, ViewsOutOfRange) {
  EXPECT_EQ(problems_with([](UsualStages& stages) { stages.draw.views.size = 5000; }),
            (Problems{{"draw.size", "expected an integer in [1, 4096], found: 5000"}}));
  EXPECT_EQ(problems_with([](UsualStages& stages) { stages.draw.views.count = 0; }),
            (Problems{{"draw.count", "expected an integer in [1, 16], found: 0"}}));
}

TEST(GraphErrors, ViewsThatContradictThemselves) {
  UsualStages stages;
  stages.draw.views.blur_kernel = 4;
  stages.draw.views.crop_min = 0.9;
  stages.draw.views.crop_max = 0.8;
  Problems expected = what_is_wrong(stages.draw.views);
  ASSERT_EQ(expected.size(), 2U);
  for (Problem& problem : expected) problem.where.insert(0, "draw.");
  EXPECT_EQ(validate(support::usual_graph(stages)), expected);
}

TEST(GraphErrors, NoSource) {
  EXPECT_EQ(problems_with([](UsualStages& stages) { stages.read.source = nullptr; }),
            (Problems{{"read", "has no source"}}));
}

TEST(GraphErrors, PlanesThatAreNotTaken) {
  const auto problem_with = [](Spec spec) {
    return problems_with([&](UsualStages& stages) {
      stages.read.source = std::make_shared<ClaimingSource>(1000, spec);
    });
  };
  EXPECT_EQ(
      problem_with({.kind = Kind::mask, .channels = 1, .size = {20, 30}}),
      (Problems{{"read", "takes planes of image u8, 3 channels only: mask u8, 1 channel, 20x30"}}));
  EXPECT_EQ(
      problem_with({.depth = Depth::u16, .size = {}}),
      (Problems{
          {"read", "takes planes of image u8, 3 channels only: image u16, 3 channels, any size"}}));
  EXPECT_EQ(
      problem_with({.kind = Kind::raster, .depth = Depth::f32, .channels = 12, .size = {}}),
      (Problems{{"read",
                 "takes planes of image u8, 3 channels only: raster f32, 12 channels, any size"}}));
  EXPECT_EQ(problem_with({.size = {28, 28}}), Problems{});
}

TEST(GraphErrors, EmptySource) {
  EXPECT_EQ(problems_with([](UsualStages& stages) {
              stages.read.source = std::make_shared<PictureSource>(0);
            }),
            (Problems{{"read", "the source is empty"}}));
}

TEST(GraphErrors, SourceLargerThanAnIndex) {
  EXPECT_EQ(problems_with([](UsualStages& stages) {
              stages.read.source =
                  std::make_shared<ClaimingSource>((std::uint64_t{1} << 48) + 1, Spec{});
            }),
            (Problems{{"read", "the source has more than 2^48 samples: 281474976710657"}}));
}

TEST(GraphErrors, NoPolicy) {
  EXPECT_EQ(problems_with([](UsualStages& stages) { stages.choose.policy = nullptr; }),
            (Problems{{"choose", "has no policy"}}));
}

TEST(GraphErrors, PolicyBesideASeriesOfThem) {
  EXPECT_EQ(problems_with([](UsualStages& stages) {
              stages.choose.series =
                  std::make_shared<PublishedPolicies>(3, 4, std::vector{stages.choose.policy});
            }),
            (Problems{{"choose", "has both a policy and a series of policies"}}));
}

TEST(GraphErrors, PolicyForGroupsOfNothing) {
  EXPECT_EQ(problems_with([](UsualStages& stages) {
              stages.choose.policy = std::make_shared<support::GroupPolicy>(0);
            }),
            (Problems{{"choose", "a policy chooses for groups of at least one sample: 0"}}));
}

TEST(GraphErrors, RanksThatCutAGroup) {
  const auto with_group = [](std::size_t group, LastBatch last) {
    return [group, last](UsualStages& stages) {
      stages.choose.policy = std::make_shared<support::GroupPolicy>(group);
      stages.collect.batch = {.size = 96, .last = last};
      stages.collect.ranks.count = 4;
    };
  };
  EXPECT_EQ(problems_with(with_group(12, LastBatch::drop)), Problems{});
  EXPECT_EQ(problems_with(with_group(16, LastBatch::drop)),
            (Problems{{"",
                       "the rows of a rank must be a multiple of the samples that the policy "
                       "chooses for together: 24 rows, groups of 16"}}));
  // Of 1000 samples the last batch has 40.
  EXPECT_EQ(problems_with(with_group(12, LastBatch::pad)), Problems{});
  EXPECT_EQ(problems_with(with_group(1, LastBatch::partial)), Problems{});
  EXPECT_EQ(problems_with(with_group(12, LastBatch::partial)),
            (Problems{{"",
                       "the last batch of an epoch must be a multiple of 4 ranks with groups of 12 "
                       "samples: 40 samples (batch.last: drop or pad)"}}));
}

TEST(GraphErrors, OpsThatCannotBeToldApartOrDoNothing) {
  EXPECT_EQ(problems_with([](UsualStages& stages) {
              stages.render.ops.push_back(catalog()[3]);
              stages.render.ops.push_back({.name = "mine", .summary = "Nothing", .apply = nullptr});
            }),
            (Problems{{"render", "two ops have one name: " + std::string(catalog()[3].name)},
                      {"render", "an op does nothing: mine"}}));
}

TEST(GraphErrors, BatchesOutOfRange) {
  EXPECT_EQ(problems_with([](UsualStages& stages) { stages.collect.batch.size = -1; }),
            (Problems{{"collect.size", "expected an integer in [1, 1048576], found: -1"}}));
  EXPECT_EQ(problems_with([](UsualStages& stages) { stages.collect.batch.channels = 4; }),
            (Problems{{"collect.channels", "expected an integer in [1, 3], found: 4"}}));
}

TEST(GraphErrors, TwoChannels) {
  EXPECT_EQ(problems_with([](UsualStages& stages) { stages.collect.batch.channels = 2; }),
            (Problems{{"collect.channels", "must be 1 or 3: 2"}}));
}

TEST(GraphErrors, FewerSamplesThanABatchThatMustBeFull) {
  EXPECT_EQ(
      problems_with([](UsualStages& stages) { stages.collect.batch.size = 1001; }),
      (Problems{
          {"", "an epoch has no batch, since its last is dropped: 1000 samples, 1001 a batch"}}));
  EXPECT_EQ(problems_with([](UsualStages& stages) {
              stages.collect.batch.size = 1001;
              stages.collect.batch.last = LastBatch::partial;
            }),
            Problems{});
}

TEST(GraphErrors, RanksThatCannotShareABatch) {
  EXPECT_EQ(
      problems_with([](UsualStages& stages) { stages.collect.ranks = {.count = 2, .rank = 2}; }),
      (Problems{{"collect.rank", "must be below 2: 2"}}));
  EXPECT_EQ(problems_with([](UsualStages& stages) {
              stages.collect.batch.size = 10;
              stages.collect.ranks.count = 4;
            }),
            (Problems{{"collect.size", "must be a multiple of the 4 ranks: 10"}}));
  EXPECT_EQ(problems_with([](UsualStages& stages) { stages.collect.ranks.count = 0; }),
            (Problems{{"collect.count", "expected an integer in [1, 1048576], found: 0"}}));
}

TEST(GraphErrors, RankWithoutASampleOfTheLastBatch) {
  EXPECT_EQ(problems_with([](UsualStages& stages) {
              stages.collect.batch = {.size = 333, .last = LastBatch::partial};
              stages.collect.ranks.count = 3;
            }),
            (Problems{{"",
                       "the last batch of an epoch leaves a rank empty: 1 samples for 3 ranks "
                       "(batch.last: drop or pad)"}}));
}

TEST(GraphErrors, BudgetBetweenTwoNumbers) {
  EXPECT_EQ(problems_with([](UsualStages& stages) { stages.collect.faults.budget = 2.5; }),
            (Problems{{"collect.budget", "must be below 1 or a whole number: 2.500000"}}));
}

TEST(GraphErrors, BatchOfMoreThanATebibyte) {
  EXPECT_EQ(problems_with([](UsualStages& stages) {
              stages.draw.views.size = 4096;
              stages.collect.batch.size = 1 << 20;
              stages.collect.batch.last = LastBatch::partial;
            }),
            (Problems{{"", "a batch takes more than 1 TiB: 422212465065984 bytes"}}));
}

}  // namespace
}  // namespace inflow
