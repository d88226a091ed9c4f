#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/small_pipeline.hpp"
#include "support/two_executors.hpp"

namespace inflow {
namespace {

using support::digests_of;
using support::small_pipeline;

void expect_tails_at_any_batch(const support::Executor& executor, const Pipeline& pipeline) {
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

class Resuming : public support::TwoExecutors {};

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
  const auto loader = run(pipeline, {.seed = 7, .epoch = 123, .batch = 4});
  EXPECT_EQ(loader->next()->epoch, 123U);
  EXPECT_EQ(loader->state(), (LoaderState{.seed = 7, .epoch = 124, .batch = 0}));
  EXPECT_EQ(loader->next()->epoch, 124U);
  EXPECT_EQ(loader->state(), (LoaderState{.seed = 7, .epoch = 124, .batch = 1}));
}

INSTANTIATE_TEST_SUITE_P(Executors, Resuming, testing::ValuesIn(support::kTwoExecutors),
                         support::name_of_executor);

}  // namespace
}  // namespace inflow
