#include <map>

#include <nlohmann/json.hpp>

#include "inflow/tools/stream_stats.hpp"
#include "support/flow_graph_test.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;

// Two views of one pixel, of a sample of 10x10 pixels.
BatchData batch_of(std::array<std::uint8_t, 3> first, std::array<std::uint8_t, 3> second) {
  BatchData batch{.count = 1, .finish = {.dtype = Dtype::uint8}};
  for (const auto& values : {first, second}) {
    batch.sizes.push_back({.height = 1, .width = 1});
    std::ranges::copy(std::as_bytes(std::span(values)), batch.views.emplace_back(3).data());
    batch.drawn.emplace_back().base.crop = {.height = 5, .width = 5};
  }
  return batch;
}

StreamStats stats_of(const BatchData& batch) {
  StreamStats stats;
  add(stats, batch, std::vector<Size>{{.height = 10, .width = 10}}, 3);
  return stats;
}

TEST(StreamStats, CountsWhatIsDrawnAndChosen) {
  BatchData batch = batch_of({1, 2, 3}, {1, 2, 3});
  Base& base = batch.drawn[0].base;
  base.crop = {.height = 10, .width = 10};
  base.flip = true;
  base.solarize = 0;
  batch.drawn[1].plan.count = 2;
  batch.drawn[1].plan.steps[0].op = 2;
  batch.drawn[1].plan.steps[1].op = 2;
  const StreamStats stats = stats_of(batch);
  EXPECT_EQ(stats.samples, 1);
  EXPECT_EQ(stats.views, 2);
  EXPECT_EQ(stats.flipped, 1);
  EXPECT_EQ(stats.solarized, 1);
  EXPECT_EQ(stats.jittered + stats.grayscale + stats.blurred + stats.equalized + stats.cut_out, 0);
  EXPECT_THAT(stats.crop_areas, testing::ElementsAre(0, 0, 1, 0, 0, 0, 0, 0, 0, 1));
  EXPECT_THAT(stats.steps, testing::ElementsAre(0, 0, 2));
  EXPECT_EQ(stats.unplanned, 1);
}

TEST(StreamStats, CountsValuesAtTheEnds) {
  const StreamStats stats = stats_of(batch_of({0, 255, 254}, {255, 255, 1}));
  EXPECT_EQ(stats.values, 6);
  EXPECT_EQ(stats.lowest, 1);
  EXPECT_EQ(stats.highest, 3);
}

TEST(StreamStats, TellsViewsThatAreNearlyTheSame) {
  EXPECT_EQ(stats_of(batch_of({10, 20, 30}, {14, 16, 34})).nearly_same, 1);
  EXPECT_EQ(stats_of(batch_of({10, 20, 30}, {14, 16, 35})).nearly_same, 0);
  BatchData other_size = batch_of({10, 20, 30}, {10, 20, 30});
  other_size.sizes[1].height = 2;
  other_size.views[1] = RowMemory(6);
  EXPECT_EQ(stats_of(other_size).pairs, 0);
}

TEST(StreamStats, TellsCropsThatAreApart) {
  BatchData batch = batch_of({1, 2, 3}, {1, 2, 3});
  for (const auto& [left, apart] : std::map<int, std::uint64_t>{{4, 0}, {5, 1}}) {
    batch.drawn[1].base.crop.left = left;
    EXPECT_EQ(stats_of(batch).apart, apart);
  }
}

class StatsTest : public ProgramTest {
 protected:
  void SetUp() override {
    if (!support::flow_graph_can_be_tested()) GTEST_SKIP() << "oneTBB is not instrumented";
  }

  json found(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"stats", "config.yaml", "--json", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProgramEnd end = run(std::move(arguments));
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_EQ(end.err, "");
    return json::parse(end.out);
  }
};

TEST_F(StatsTest, AreThoseOfSoManyBatches) {
  const json all = found({"--batches", "3", "--set", "views={flip: 1, jitter: 0, crop: whole}",
                          "--set", "policy={type: uniform}"});
  EXPECT_EQ(all["samples"], 48);
  EXPECT_EQ(all["views"], 96);
  EXPECT_EQ(all["draws"]["flip"], 96);
  EXPECT_EQ(all["draws"]["jitter"], 0);
  EXPECT_EQ(all["crop_areas"][9], 96);
  EXPECT_EQ(all["values"], 96 * 8 * 8);
  EXPECT_EQ(all["pairs"], 48);
  EXPECT_GT(all["ops"].size(), 3);
  EXPECT_GT(all["loader"]["samples_per_second"], 0);
  EXPECT_EQ(all["loader"]["batch_bytes"], 2 * 16 * 8 * 8 * 4);
}

TEST_F(StatsTest, EndWithTheLastEpoch) {
  const json all = found({"--batches", "1000", "--set", "epochs=1"});
  EXPECT_EQ(all["samples"], 96);  // what does not fill a batch is dropped
  EXPECT_GT(all["loader"]["samples_per_second"], 0);
}

TEST_F(StatsTest, DoNotDependOnThreads) {
  json one = found({"--threads", "1"});
  json two = found({"--threads", "2"});
  one.erase("loader");
  two.erase("loader");
  EXPECT_EQ(one, two);
}

TEST_F(StatsTest, ArePrintedAsATable) {
  const ProgramEnd end = run({"stats", "config.yaml", "--quiet", "--batches", "1"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(end.out, testing::StartsWith("samples                      16\n"
                                           "bad samples                   0\n"
                                           "views                        32\n"));
  EXPECT_THAT(end.out, testing::HasSubstr("\n(views without)              32 100.00 %\n"));
}

}  // namespace
}  // namespace inflow::tools
