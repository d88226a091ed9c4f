// Policies that are published while batches are made: each batch gets the one that is due, however
// early or late that came, and nothing hangs.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/load.hpp"
#include "inflow/pipeline/provenance.hpp"
#include "inflow/policies/published_policies.hpp"
#include "support/group_policy.hpp"
#include "support/message.hpp"
#include "support/small_pipeline.hpp"
#include "support/two_executors.hpp"

namespace inflow {
namespace {

using support::digests_of;
using support::GroupPolicy;
using support::message_of;
using support::small_pipeline;

constexpr std::uint64_t kEvery = 3;
constexpr std::uint64_t kLag = 2;

std::shared_ptr<const Policy> version(std::uint64_t number) {
  return std::make_shared<GroupPolicy>(4, number);
}

std::shared_ptr<PublishedPolicies> series_up_to(std::uint64_t last) {
  auto series = std::make_shared<PublishedPolicies>(kEvery, kLag, std::vector{version(0)});
  for (std::uint64_t number = kEvery; number <= last; number += kEvery)
    series->publish(version(number));
  return series;
}

// Ten batches, of which the last ask for version 6.
Pipeline pipeline_with(std::shared_ptr<PolicySeries> series) {
  Pipeline pipeline = small_pipeline();
  pipeline.policy = nullptr;
  pipeline.series = std::move(series);
  return pipeline;
}

std::vector<std::string> expected_digests() {
  return digests_of(*run_serial(pipeline_with(series_up_to(6))));
}

class PolicySeriesInBatches : public support::TwoExecutors {};

TEST_P(PolicySeriesInBatches, GivesEachBatchThePolicyThatIsDue) {
  const auto loader = run(pipeline_with(series_up_to(60)));
  for (const std::uint64_t due : {0U, 0U, 0U, 0U, 0U, 3U, 3U, 3U, 6U, 6U}) {
    const Batch batch = loader->next();
    ASSERT_EQ(batch->policy->version(), due) << batch->epoch << ", " << batch->number;
    std::uint64_t light = 0;
    for (std::uint64_t row = 0; row < 4; ++row)
      for (std::size_t view = 0; view < 2; ++view)
        light += support::light_of(batch->base(view, row));
    EXPECT_EQ(batch->drawn.front().plan, GroupPolicy::plan_for(light, 0, due));
  }
  EXPECT_EQ(loader->next(), nullptr);
}

TEST_P(PolicySeriesInBatches, IsNamedByTheProvenanceOfARow) {
  const Pipeline pipeline = pipeline_with(series_up_to(6));
  const auto loader = run(pipeline);
  for (int i = 0; i < 5; ++i) {
    const Batch batch = loader->next();
    EXPECT_EQ(provenance_of(pipeline, *batch).front().policy_version, 0U);
  }
  const Batch batch = loader->next();
  EXPECT_EQ(provenance_of(pipeline, *batch).back().policy_version, 3U);
}

// As a trainer does: after each batch a step, after every third of them a policy.
TEST_P(PolicySeriesInBatches, GivesTheSameBatchesWherePoliciesComeAtTheLastMoment) {
  const std::vector<std::string> expected = expected_digests();
  const auto series = series_up_to(0);
  const auto loader = run(pipeline_with(series));
  for (std::uint64_t step = 0; step < expected.size(); ++step) {
    if (step >= kLag && (step - kLag) % kEvery == 0 && step > kLag)
      series->publish(version(step - kLag));
    const Batch batch = loader->next();
    EXPECT_EQ(digest(*batch), expected[step]);
    series->forget_before(step);
  }
}

TEST_P(PolicySeriesInBatches, RefusesToBeAskedTooEarlyAndGoesOnLater) {
  const std::vector<std::string> expected = expected_digests();
  const auto series = series_up_to(0);
  const auto loader = run(pipeline_with(series));
  for (int i = 0; i < 5; ++i) loader->next();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(message_of<UsageError>([&] { loader->next(); }),
              "the policy of the next batch must be published before it is asked for: batch 0 of "
              "epoch 1");
  }
  series->publish(version(3));
  EXPECT_EQ(digest(*loader->next()), expected[5]);
}

TEST_P(PolicySeriesInBatches, GoesOnAtAnyBatchFromWhatWasKept) {
  const std::vector<std::string> expected = expected_digests();
  for (std::uint64_t at = 0; at < expected.size(); ++at) {
    const auto before = series_up_to(6);
    before->forget_before(at);
    const auto series = std::make_shared<PublishedPolicies>(kEvery, kLag, before->kept());
    const LoaderState from{.seed = 7, .epoch = at / 5, .batch = at % 5};
    EXPECT_EQ(digests_of(*run(pipeline_with(series), from)),
              std::vector(expected.begin() + static_cast<std::ptrdiff_t>(at), expected.end()));
  }
}

TEST_P(PolicySeriesInBatches, RefusesABatchWhosePolicyIsForgotten) {
  const auto series = series_up_to(6);
  series->forget_before(9);
  const auto loader = run(pipeline_with(series));
  EXPECT_EQ(message_of<UsageError>([&] { loader->next(); }),
            "the policy of batch 0 was forgotten: version 0, the oldest that is there is 6");
}

TEST_P(PolicySeriesInBatches, LetsGoOfAPolicyWithItsLastBatch) {
  auto first = version(0);
  const std::weak_ptr<const Policy> watched = first;
  const auto series = std::make_shared<PublishedPolicies>(
      kEvery, kLag, std::vector{std::exchange(first, nullptr), version(3), version(6)});
  const auto loader = run(pipeline_with(series));
  for (int i = 0; i < 4; ++i) loader->next();
  Batch last = loader->next();
  loader->next();
  series->forget_before(6);
  EXPECT_FALSE(watched.expired());
  last = nullptr;
  EXPECT_TRUE(watched.expired());
}

INSTANTIATE_TEST_SUITE_P(Executors, PolicySeriesInBatches,
                         testing::ValuesIn(support::kTwoExecutors), support::name_of_executor);

class PolicySeriesInTheFlowGraph : public support::FlowGraphTest {};

TEST_F(PolicySeriesInTheFlowGraph, GivesTheBatchesOfTheOracleWhateverTheLimits) {
  const std::vector<std::string> expected = expected_digests();
  for (const int threads : {1, 2, 8}) {
    for (const int buffers : {1, 3, 64}) {
      for (const int group : {1, 3, 7, 32}) {
        const auto series = series_up_to(0);
        const auto loader = run_parallel(pipeline_with(series),
                                         {.threads = threads, .group = group, .buffers = buffers});
        std::vector<std::string> found;
        while (found.size() < expected.size()) {
          if (const auto step = found.size(); step == 5 || step == 8)
            series->publish(version(step - kLag));
          found.push_back(digest(*loader->next()));
        }
        EXPECT_EQ(found, expected);
      }
    }
  }
}

// Another thread publishes while the graph has idle buffers and the consumer waits for it.
TEST_F(PolicySeriesInTheFlowGraph, GoesOnWhenAnotherThreadPublishes) {
  const std::vector<std::string> expected = expected_digests();
  for (int i = 0; i < 20; ++i) {
    const auto series = series_up_to(0);
    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t steps = 0;
    std::thread publisher([&] {
      for (const std::uint64_t due : {3U, 6U}) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return steps == due + kLag; });
        lock.unlock();
        series->publish(version(due));
        lock.lock();
        changed.notify_all();
      }
    });
    const auto loader =
        run_parallel(pipeline_with(series), {.threads = 2, .group = 4, .buffers = 4});
    std::vector<std::string> found;
    for (; steps < expected.size();) {
      {
        std::unique_lock lock(mutex);
        changed.notify_all();
        changed.wait(lock, [&] { return series->at(steps) != nullptr; });
      }
      found.push_back(digest(*loader->next()));
      const std::lock_guard lock(mutex);
      ++steps;
    }
    publisher.join();
    EXPECT_EQ(found, expected);
  }
}

TEST_F(PolicySeriesInTheFlowGraph, EndsWhileBatchesWaitForAPolicy) {
  for (int batches = 0; batches <= 5; ++batches) {
    for (const int threads : {1, 4}) {
      const auto loader = run_parallel(pipeline_with(series_up_to(0)),
                                       {.threads = threads, .group = 2, .buffers = 8});
      for (int i = 0; i < batches; ++i) ASSERT_NE(loader->next(), nullptr);
    }
  }
}

TEST_F(PolicySeriesInTheFlowGraph, EndsWhileAnotherThreadPublishes) {
  const auto series = std::make_shared<PublishedPolicies>(1, 0, std::vector{version(0)});
  std::atomic<bool> over = false;
  std::thread publisher([&] {
    for (std::uint64_t number = 1; number <= 2000; ++number) series->publish(version(number));
    over = true;
  });
  Pipeline pipeline = pipeline_with(series);
  pipeline.epochs = 0;
  do {
    const auto loader = run_parallel(pipeline, {.threads = 2, .group = 4, .buffers = 3});
    EXPECT_NE(loader->next(), nullptr);
  } while (!over);
  publisher.join();
}

TEST_F(PolicySeriesInTheFlowGraph, IsHandedOverWithTheSettings) {
  PipelineOptions options{.seed = 7, .epochs = 1, .batch = {.size = 10}};
  const OwnParts own{.source = std::make_shared<support::PictureSource>(45),
                     .series = series_up_to(0)};
  const auto loader = load(options, {}, own);
  EXPECT_EQ(loader->next()->bases.size(), 2U);
}

}  // namespace
}  // namespace inflow
