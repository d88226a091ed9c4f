#include "inflow/training/policy_history.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

constexpr std::size_t kOps = 2;

OpMeans means(std::int64_t views, double probability) {
  return {.views = views,
          .probabilities = {probability, 1 - probability},
          .levels = {0.5, 0.25},
          .strengths = {0, 1}};
}

// An update whose numbers grow with `at`, of three views of class 0 and one of class 1.
PolicyUpdate update(int at) {
  const double value = at;
  return {.inner_loss = value,
          .outer_loss = 2 * value,
          .gradient_norm = 4 * value,
          .non_finite = at == 3 ? 5 : 0,
          .summary = {.entropy = 0.5,
                      .identity = 0.125 * value,
                      .all = means(4, 0.125 * value),
                      .by_class = {means(3, 0.25), means(1, 0.75)}}};
}

PolicyHistory new_history() { return {catalog().first(kOps), {"cat", "dog, wet"}}; }

TEST(PolicyHistory, HasTheMeansOfAnEpochOnceItIsOver) {
  PolicyHistory history = new_history();
  history.add(4, 0.25, update(1));
  history.add(4, 0.75, update(3));
  EXPECT_TRUE(history.take(false).policy.empty());
  history.add(5, 1, update(1));
  const PolicyHistory::Rows rows = history.take(false);
  EXPECT_EQ(rows.policy, std::vector<std::string>{"4,2,0.5,2,4,8,5,0.5,0.25"});
  EXPECT_EQ(rows.ops, (std::vector<std::string>{
                          "4,all,shear_x,0.25,0.5,0",
                          "4,all,shear_y,0.75,0.25,1",
                          "4,cat,shear_x,0.25,0.5,0",
                          "4,cat,shear_y,0.75,0.25,1",
                          "4,\"dog, wet\",shear_x,0.75,0.5,0",
                          "4,\"dog, wet\",shear_y,0.25,0.25,1",
                      }));
  EXPECT_EQ(history.policy_rows(), 1);
  EXPECT_EQ(history.op_rows(), 6);
  EXPECT_EQ(history.take(true).policy.size(), 1U);  // the epoch that goes on
  EXPECT_TRUE(history.take(true).policy.empty());
}

TEST(PolicyHistory, WeighsViewsAndLeavesOutClassesWithoutAny) {
  PolicyHistory history = new_history();
  PolicyUpdate few = update(1);
  few.summary.all = means(1, 1);
  few.summary.by_class = {means(1, 1)};
  PolicyUpdate many = update(1);
  many.summary.all = means(3, 0);
  many.summary.by_class = {means(3, 0), OpMeans{}};
  history.add(0, 1, few);
  history.add(0, 1, many);
  const std::vector<std::string> ops = history.take(true).ops;
  ASSERT_EQ(ops.size(), 4U);
  EXPECT_EQ(ops[0], "0,all,shear_x,0.25,0.5,0");
  EXPECT_EQ(ops[2], "0,cat,shear_x,0.25,0.5,0");
}

TEST(PolicyHistory, GoesOnFromItsStateAsIfItHadNeverStopped) {
  constexpr int kUpdates = 7;
  const auto add = [](PolicyHistory& history, int at) {
    history.add(static_cast<std::uint64_t>(at / 3), 0.1 * at, update(at));
  };
  PolicyHistory whole = new_history();
  for (int at = 0; at < kUpdates; ++at) add(whole, at);
  const PolicyHistory::Rows expected = whole.take(true);
  for (int stop = 0; stop <= kUpdates; ++stop) {
    PolicyHistory first = new_history();
    for (int at = 0; at < stop; ++at) add(first, at);
    PolicyHistory::Rows rows = first.take(false);
    PolicyHistory second = new_history();
    second.restore(first.state());
    EXPECT_EQ(second.op_rows(), static_cast<std::int64_t>(rows.ops.size()));
    for (int at = stop; at < kUpdates; ++at) add(second, at);
    const PolicyHistory::Rows more = second.take(true);
    rows.policy.insert(rows.policy.end(), more.policy.begin(), more.policy.end());
    rows.ops.insert(rows.ops.end(), more.ops.begin(), more.ops.end());
    EXPECT_EQ(rows.policy, expected.policy) << stop;
    EXPECT_EQ(rows.ops, expected.ops) << stop;
  }
}

TEST(PolicyHistory, RefusesTheStateOfAnother) {
  PolicyHistory history = new_history();
  PolicyHistory other(catalog().first(kOps), {"cat"});
  EXPECT_EQ(support::message_of<InputError>([&] { history.restore(other.state()); }),
            "checkpoint has a policy history of other classes");
  EXPECT_THROW(history.restore("{}"), InputError);
}

}  // namespace
}  // namespace inflow
