#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/flow_graph_test.hpp"
#include "support/small_pipeline.hpp"

namespace inflow {
namespace {

using support::digests_of;
using support::small_pipeline;

std::unique_ptr<Loader> run_in_small_groups(Pipeline pipeline, LoaderState from) {
  return run_parallel(std::move(pipeline), {.threads = 3, .group = 3, .buffers = 2}, from);
}

struct Executor {
  const char* name;
  std::unique_ptr<Loader> (*run)(Pipeline, LoaderState);
  bool can_be_tested;
};

const Executor kExecutors[] = {
    {"Serial", run_serial, true},
    {"Parallel", run_in_small_groups, support::flow_graph_can_be_tested()}};

void expect_tails_at_any_batch(const Executor& executor, const Pipeline& pipeline) {
  const std::vector<std::string> whole = digests_of(*run_serial(pipeline));
  ASSERT_EQ(whole.size(), 10U);

  const auto uninterrupted = executor.run(pipeline, {.seed = 7});
  for (std::size_t done = 0; done <= whole.size(); ++done) {
    const LoaderState state = loader_state_from_json(to_json(uninterrupted->state()));
    const std::vector<std::string> tail(whole.begin() + static_cast<std::ptrdiff_t>(done),
                                        whole.end());
    EXPECT_EQ(digests_of(*executor.run(pipeline, state)), tail) << "after " << done << " batches";
    uninterrupted->next();
  }
}

class Resuming : public testing::TestWithParam<Executor> {
 protected:
  void SetUp() override {
    if (!GetParam().can_be_tested) GTEST_SKIP() << "oneTBB is not instrumented";
  }
};

TEST_P(Resuming, AtAnyBatchGivesTheTailOfTheUninterruptedStream) {
  expect_tails_at_any_batch(GetParam(), small_pipeline());
}

TEST_P(Resuming, AtAnyBatchMixesItsRowsAsBefore) {
  Pipeline pipeline = small_pipeline();
  pipeline.mix.type = MixType::either;
  expect_tails_at_any_batch(GetParam(), pipeline);
}

TEST_P(Resuming, CountsEpochsWithoutEnd) {
  Pipeline pipeline = small_pipeline();
  pipeline.epochs = 0;
  const auto loader = GetParam().run(pipeline, {.seed = 7, .epoch = 123, .batch = 4});
  EXPECT_EQ(loader->next()->epoch, 123U);
  EXPECT_EQ(loader->state(), (LoaderState{.seed = 7, .epoch = 124, .batch = 0}));
  EXPECT_EQ(loader->next()->epoch, 124U);
  EXPECT_EQ(loader->state(), (LoaderState{.seed = 7, .epoch = 124, .batch = 1}));
}

INSTANTIATE_TEST_SUITE_P(Executors, Resuming, testing::ValuesIn(kExecutors),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace inflow
