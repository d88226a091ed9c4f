#include <cstdint>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "support/heap.hpp"
#include "training/policy_learning_toy.hpp"

namespace inflow {
namespace {

// With what surrounds the update: batches, the step of the model, states that are published, and
// the history, whose rows are taken as a run takes them.
TEST(PolicyLearning, HoldsNoMoreMemoryAfterAThousandUpdates) {
  at::set_num_threads(1);
  MadaugOptions options = support::policy_of(OuterLoss::objective);
  options.every = 1;
  support::ToyRun toy(options);
  toy.start();
  const auto updates = [&](int times) {
    for (int at = 0; at < times; ++at) {
      toy.train(1);
      toy.learning->history().take(/*all=*/false);
    }
  };
  updates(100);
  const std::size_t before = support::bytes_in_use();
  updates(1000);
  EXPECT_LT(support::bytes_in_use(), before + 64 * 1024);
}

}  // namespace
}  // namespace inflow
