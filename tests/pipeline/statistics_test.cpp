#include "inflow/pipeline/statistics.hpp"

#include <array>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/flow_graph_test.hpp"
#include "support/small_pipeline.hpp"
#include "support/usual_graph.hpp"

namespace inflow {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;
using support::digests_of;
using support::small_pipeline;

Span::Time now() { return std::chrono::steady_clock::now(); }

Span span_of(Activity activity, nanoseconds duration, std::uint64_t rows, std::uint64_t waiting) {
  const Span::Time begin = now();
  return {.activity = activity,
          .begin = begin,
          .end = begin + duration,
          .rows = rows,
          .waiting = waiting};
}

TEST(Statistics, AddUpWhatIsNoted) {
  const Span::Time start = now();
  Statistics statistics;
  statistics.note(span_of(Activity::read, seconds(3), 10, 2));
  statistics.note(span_of(Activity::read, seconds(1), 6, 5));
  const ActivityStatistics known = statistics.of(Activity::read, start + seconds(2));
  EXPECT_EQ(known.pieces, 2U);
  EXPECT_EQ(known.rows, 16U);
  EXPECT_NEAR(known.rows_per_second, 8, 0.1);
  EXPECT_NEAR(known.busy, 2, 0.1);
  EXPECT_EQ(known.waiting, 3.5);
  EXPECT_EQ(statistics.of(Activity::render).pieces, 0U);
  EXPECT_EQ(statistics.of(Activity::render).p99_seconds, 0);
}

TEST(Statistics, KnowQuantilesOfShortAndLongPieces) {
  Statistics statistics;
  for (int i = 1; i <= 1000; ++i)
    statistics.note(span_of(Activity::mix, nanoseconds(std::int64_t{1000} * i * i), 1, 0));
  const ActivityStatistics known = statistics.of(Activity::mix);
  EXPECT_NEAR(known.median_seconds, 0.25, 0.03 * 0.25);
  EXPECT_NEAR(known.p99_seconds, 0.9801, 0.03 * 0.98);
  statistics.note(span_of(Activity::repair, nanoseconds(0), 1, 0));
  EXPECT_NEAR(statistics.of(Activity::repair).median_seconds, 1e-9, 3e-11);
  statistics.note(span_of(Activity::render, std::chrono::hours(1000), 1, 0));
  EXPECT_GT(statistics.of(Activity::render).median_seconds, 1e5);
}

class WatchedLoader : public support::FlowGraphTest {};

TEST_F(WatchedLoader, TellsOfEveryRowAndGivesTheSameBatches) {
  Pipeline pipeline = small_pipeline(support::source_with_faults(45, {3, 17}));
  pipeline.faults = {.on_bad_sample = OnBadSample::skip, .budget = 45};
  pipeline.mix = {.type = MixType::mixup};
  const auto statistics = std::make_shared<Statistics>();
  const auto loader =
      run_parallel(pipeline, {.threads = 3, .group = 3}, {.seed = pipeline.seed}, statistics);
  EXPECT_EQ(digests_of(*loader), digests_of(*run_serial(pipeline)));
  EXPECT_EQ(statistics->of(Activity::read).rows, 90U);
  EXPECT_EQ(statistics->of(Activity::choose).rows, 90U);
  EXPECT_EQ(statistics->of(Activity::render).rows, 90U);
  EXPECT_EQ(statistics->of(Activity::read).pieces, 36U);
  EXPECT_EQ(statistics->of(Activity::repair).pieces, 10U);
  EXPECT_EQ(statistics->of(Activity::mix).rows, 86U);
  EXPECT_GT(statistics->of(Activity::render).busy, 0);
}

class SlowPolicy final : public Policy {
 public:
  explicit SlowPolicy(nanoseconds duration) : duration_(duration) {}
  void choose(const Group& /*group*/, std::span<Plan> /*plans*/) const override {
    std::this_thread::sleep_for(duration_);
  }

 private:
  nanoseconds duration_;
};

TEST_F(WatchedLoader, TellsWhatChoosingTakes) {
  constexpr auto kDuration = std::chrono::milliseconds(2);
  Pipeline pipeline = small_pipeline();
  pipeline.policy = std::make_shared<SlowPolicy>(kDuration);
  const auto statistics = std::make_shared<Statistics>();
  const auto loader = run_parallel(pipeline, {.threads = 2}, {.seed = pipeline.seed}, statistics);
  EXPECT_EQ(digests_of(*loader).size(), 10U);
  const double choosing = 90 * std::chrono::duration<double>(kDuration).count();
  EXPECT_GE(statistics->of(Activity::choose).seconds, choosing);
}

TEST(Statistics, StandInTheGraph) {
  Statistics statistics;
  for (const Activity activity : {Activity::read, Activity::render, Activity::repair})
    statistics.note(span_of(activity, std::chrono::milliseconds(8), 1, 3));
  const std::string dot = to_dot(support::usual_graph({}), statistics);
  for (const std::string stage : {"read", "render", "collect"}) {
    EXPECT_NE(dot.find("[label=\"" + stage + "\n"), std::string::npos) << dot;
  }
  EXPECT_NE(dot.find("[label=draw]"), std::string::npos) << dot;
  EXPECT_NE(dot.find(" ms, 3 waiting\""), std::string::npos) << dot;
}

}  // namespace
}  // namespace inflow
