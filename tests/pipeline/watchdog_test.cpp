#include "inflow/pipeline/watchdog.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/flow_graph_test.hpp"
#include "support/small_pipeline.hpp"

namespace inflow {
namespace {

using support::digests_of;
using support::small_pipeline;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// What is told, the first time.
class Told {
 public:
  Watchdog::Tell tell() {
    return [this](const std::string& what) {
      if (!told_.exchange(true)) first_.set_value(what);
    };
  }
  std::string first() { return first_.get_future().get(); }

 private:
  std::atomic<bool> told_ = false;
  std::promise<std::string> first_;
};

constexpr std::chrono::milliseconds kPatience{500};

class WatchdogOfLoaders : public support::FlowGraphTest {};

TEST_F(WatchdogOfLoaders, NamesTheSampleThatDoesNotCome) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  const auto wait_at_23 = [&](std::uint64_t index) {
    if (index == 23) released.wait();
    return SampleError{};
  };
  Pipeline pipeline = small_pipeline(std::make_shared<support::PictureSource>(45, wait_at_23));
  pipeline.shuffle = false;
  const LimitOptions limits{.threads = 3};
  Told told;
  const auto watchdog = std::make_shared<Watchdog>(pipeline, limits, Watchdog::Consumer::pausing,
                                                   kPatience, told.tell());
  const auto loader = run_parallel(pipeline, limits, {.seed = pipeline.seed}, watchdog);
  auto batches = std::async(std::launch::async, [&] { return digests_of(*loader); });
  const std::string said = told.first();
  release.set_value();
  EXPECT_THAT(said, StartsWith("nothing went on for "));
  EXPECT_THAT(said, EndsWith(" s: read of 23 (row 3 of batch 2 of epoch 0)"));
  EXPECT_EQ(batches.get(), digests_of(*run_serial(pipeline)));
}

TEST_F(WatchdogOfLoaders, SaysThatBatchesAreNotTaken) {
  const Pipeline pipeline = small_pipeline();
  Told told;
  const auto watchdog = std::make_shared<Watchdog>(
      pipeline, LimitOptions{}, Watchdog::Consumer::steady, kPatience, told.tell());
  const auto loader = run_parallel(pipeline, {}, {.seed = pipeline.seed}, watchdog);
  loader->next();
  EXPECT_THAT(told.first(), HasSubstr("no sample is read or rendered, what takes the batches"));
}

TEST(Watchdog, SaysNothingWhileTheConsumerGoesOnOrMayPauseOrAfterItStopped) {
  std::atomic<int> said = 0;
  const auto tell = [&](const std::string&) { ++said; };
  Watchdog watchdog(small_pipeline(), {}, Watchdog::Consumer::steady, kPatience, tell);
  const Watchdog of_training(small_pipeline(), {}, Watchdog::Consumer::pausing, kPatience, tell);
  const auto wait = [&](const auto& each_time) {
    for (int i = 0; i < 12; ++i) {
      each_time();
      std::this_thread::sleep_for(kPatience / 8);
    }
  };
  wait([&] { watchdog.go_on(); });
  watchdog.stop();
  wait([] {});
  EXPECT_EQ(said, 0);
}

}  // namespace
}  // namespace inflow
