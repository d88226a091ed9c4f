// What is particular to the flow graph: its buffers, its threads and its end.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/flow_graph_test.hpp"
#include "support/message.hpp"
#include "support/small_pipeline.hpp"

namespace inflow {
namespace {

using support::digests_of;
using support::message_of;
using support::PictureSource;
using support::small_pipeline;

class RunParallel : public support::FlowGraphTest {};

TEST_F(RunParallel, GivesNewBuffersToAConsumerThatHoldsAll) {
  const Pipeline pipeline = small_pipeline();
  const auto loader = run_parallel(pipeline, {.threads = 2, .buffers = 1});
  std::vector<Batch> held;
  while (Batch batch = loader->next()) held.push_back(std::move(batch));
  std::vector<std::string> found;
  for (const Batch& batch : held) found.push_back(digest(*batch));
  EXPECT_EQ(found, digests_of(*run_serial(pipeline)));
}

TEST_F(RunParallel, RefusesBuffersPastTheCeilingAndGoesOnWhenOneComesBack) {
  Pipeline pipeline = small_pipeline();
  pipeline.batch.size = 45;
  pipeline.epochs = 0;
  const auto loader =
      run_parallel(pipeline, {.buffers = 2, .memory = {5 * pipeline.batch_bytes()}});
  std::vector<Batch> held;
  for (int i = 0; i < 3; ++i) held.push_back(loader->next());
  EXPECT_EQ(message_of<RuntimeError>([&] { loader->next(); }),
            "the consumer holds every batch, and limits.memory forbids another: 3 batches of 69120 "
            "bytes, 241920 bytes "
            "allowed");
  held.erase(held.begin());
  EXPECT_EQ(loader->next()->epoch, 3U);
}

TEST_F(RunParallel, RefusesLimitsThatContradictEachOther) {
  EXPECT_EQ(message_of<UsageError>(
                [] { run_parallel(small_pipeline(), {.buffers = 4, .memory = {61439}}); }),
            "limits.memory is too small for limits.buffers: 61439 bytes, 4 batches of 15360 bytes");
  EXPECT_EQ(message_of<UsageError>([] { run_parallel(small_pipeline(), {.threads = -1}); }),
            "limits.threads must be positive: -1");
  EXPECT_EQ(message_of<UsageError>([] { run_parallel(small_pipeline(), {.group = 0}); }),
            "limits.group must be positive: 0");
  EXPECT_EQ(message_of<UsageError>([] { run_parallel(small_pipeline(), {.buffers = 0}); }),
            "limits.buffers must be positive: 0");
}

TEST_F(RunParallel, RefusesAStateOfAnotherSeed) {
  EXPECT_EQ(message_of<UsageError>([] { run_parallel(small_pipeline(), {}, {.seed = 1}); }),
            "loader state is of another seed than 7: 1");
}

TEST_F(RunParallel, UsesAThreadACoreIfNotTold) {
  const Pipeline pipeline = small_pipeline();
  EXPECT_EQ(digests_of(*run_parallel(pipeline, {})), digests_of(*run_serial(pipeline)));
}

TEST_F(RunParallel, EndsAtAnyMoment) {
  Pipeline pipeline = small_pipeline();
  pipeline.epochs = 0;
  for (std::uint64_t batches = 0; batches < 12; ++batches) {
    for (const int threads : {1, 4}) {
      const auto loader = run_parallel(pipeline, {.threads = threads, .group = 2, .buffers = 3});
      for (std::uint64_t i = 0; i < batches; ++i) ASSERT_EQ(loader->next()->number, i % 5);
    }
  }
}

TEST_F(RunParallel, LeavesBatchesToTheirHolderWhenItEnds) {
  auto loader = run_parallel(small_pipeline(), {.threads = 2});
  std::vector<Batch> held;
  for (int i = 0; i < 3; ++i) held.push_back(loader->next());
  std::vector<std::string> before;
  for (const Batch& batch : held) before.push_back(digest(*batch));
  loader.reset();
  std::thread([held = std::move(held), before] {
    for (std::size_t i = 0; i < held.size(); ++i) EXPECT_EQ(digest(*held[i]), before[i]);
  }).join();
}

TEST_F(RunParallel, TakesBatchesBackFromAnotherThreadWhileItRuns) {
  Pipeline pipeline = small_pipeline();
  pipeline.epochs = 20;
  const auto loader = run_parallel(pipeline, {.threads = 2, .group = 2, .buffers = 2});
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Batch> queue;
  bool over = false;
  std::vector<std::string> found;
  std::thread other([&] {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return over || !queue.empty(); });
      if (queue.empty()) return;
      found.push_back(digest(*queue.front()));
      queue.erase(queue.begin());
    }
  });
  while (Batch batch = loader->next()) {
    const std::lock_guard lock(mutex);
    queue.push_back(std::move(batch));
    changed.notify_one();
  }
  {
    const std::lock_guard lock(mutex);
    over = true;
    changed.notify_one();
  }
  other.join();
  EXPECT_EQ(found, digests_of(*run_serial(pipeline)));
}

TEST_F(RunParallel, ReadsOnNoMoreThreadsThanItMay) {
  std::atomic<int> reading = 0;
  std::atomic<int> most = 0;
  const auto source = std::make_shared<PictureSource>(200, [&](std::uint64_t) -> SampleError {
    const int now = ++reading;
    int seen = most;
    while (seen < now && !most.compare_exchange_weak(seen, now)) {
    }
    std::this_thread::yield();
    --reading;
    return {};
  });
  const auto loader = run_parallel(small_pipeline(source), {.threads = 2, .group = 2});
  while (loader->next()) {
  }
  EXPECT_GE(most, 1);
  EXPECT_LE(most, 2);
}

TEST_F(RunParallel, SharesTheMachineWithOtherLoaders) {
  const Pipeline pipeline = small_pipeline();
  const std::vector<std::string> expected = digests_of(*run_serial(pipeline));
  const auto first = run_parallel(pipeline, {.threads = 1});
  const auto second = run_parallel(pipeline, {.threads = 5});
  std::vector<std::string> found;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(digest(*first->next()), expected[i]);
    EXPECT_EQ(digest(*second->next()), expected[i]);
  }
}

TEST_F(RunParallel, EndsCleanlyAfterAnError) {
  const auto source = support::source_with_faults(45, {0, 11, 22, 33, 44});
  for (int i = 0; i < 20; ++i) {
    const auto loader =
        run_parallel(small_pipeline(source), {.threads = 4, .group = 1, .buffers = 5});
    EXPECT_THROW(
        {
          while (loader->next()) {
          }
        },
        RuntimeError);
  }
}

}  // namespace
}  // namespace inflow
