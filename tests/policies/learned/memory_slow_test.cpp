#include <gtest/gtest.h>

#include "policies/learned/task_pictures.hpp"
#include "support/heap.hpp"

namespace inflow {
namespace {

TEST(MadaugLearner, HoldsNoMoreMemoryAfterAThousandUpdates) {
  at::set_num_threads(1);
  const ExploreFinish finish{
      .finish = {.mean = {0.5F, 0.5F, 0.5F}, .stddev = {0.25F, 0.25F, 0.25F}}};
  support::SmallModel model(1);
  const support::PlainSgd sgd(model, 0.01, 0.9, 5e-4);
  MadaugLearner learner({}, catalog(), model.feature_count(), finish, 1);
  const auto draw = support::arrows(support::Told::direction);
  const support::TaskBatch batch = support::task_batch(draw, 1, 0, 8, false);
  const LearningModel learning = support::learning_model(
      model, sgd, batch.labels, normalized(batch.images, finish.finish), batch.labels);
  const Bases bases{.keys = batch.keys, .images = batch.images};
  const auto update = [&](int times) {
    for (int at = 0; at < times; ++at) learner.update(learning, bases, batch.labels);
  };
  update(50);
  const std::size_t before = support::bytes_in_use();
  update(1000);
  EXPECT_LT(support::bytes_in_use(), before + 64 * 1024);
}

}  // namespace
}  // namespace inflow
