#include "inflow/contrastive/detail/key_queue.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>

#include "contrastive/golden.hpp"
#include "inflow/ops/error.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using support::integers;
using support::message_of;

// Keys `first`, `first` + 1, ... for one view, the same below zero for the other.
void push(KeyQueue& queue, std::int64_t first, std::int64_t count) {
  const at::Tensor numbers = at::arange(first, first + count, at::kLong);
  const at::Tensor keys = numbers.to(at::kFloat).unsqueeze(1);
  queue.push(at::stack({keys, -keys}), numbers);
}

TEST(KeyQueue, BeginsWithDirectionsThatTheSeedDraws) {
  KeyQueue queue(200, 16);
  queue.begin(3);
  const at::Tensor keys = queue.named_buffers()["keys"].clone();
  EXPECT_TRUE(keys.norm(2, {2}).allclose(at::ones({2, 200}), 1e-5, 1e-6));
  EXPECT_LT(keys.mean().abs().item<double>(), 0.02);
  EXPECT_FALSE(at::equal(keys[0], keys[1]));
  queue.begin(4);
  EXPECT_FALSE(at::equal(queue.named_buffers()["keys"], keys));
  queue.begin(3);
  EXPECT_TRUE(at::equal(queue.named_buffers()["keys"], keys));
}

TEST(KeyQueue, BeginsWithKeysOfNobodyAtItsFirstPlace) {
  KeyQueue queue(4, 1);
  push(queue, 10, 3);
  queue.begin(1);
  EXPECT_TRUE(at::equal(queue.of_view(0).identities, integers({-1, -1, -1, -1})));
  push(queue, 10, 1);
  EXPECT_TRUE(at::equal(queue.of_view(1).identities, integers({10, -1, -1, -1})));
}

TEST(KeyQueue, PutsNewKeysInThePlacesOfTheOldest) {
  KeyQueue queue(5, 1);
  push(queue, 10, 3);
  push(queue, 13, 4);
  const Negatives first = queue.of_view(0);
  EXPECT_TRUE(at::equal(first.identities, integers({15, 16, 12, 13, 14})));
  EXPECT_TRUE(at::equal(first.directions.flatten(), first.identities.to(at::kFloat)));
  EXPECT_TRUE(at::equal(queue.of_view(1).directions, -first.directions));
  push(queue, 17, 5);  // as many as there are places
  EXPECT_TRUE(at::equal(queue.of_view(0).identities, integers({20, 21, 17, 18, 19})));
  EXPECT_EQ(queue.named_buffers()["next"].item<std::int64_t>(), 2);
}

TEST(KeyQueue, TakesKeysUpToItsEnd) {
  KeyQueue queue(4, 1);
  push(queue, 10, 4);
  EXPECT_EQ(queue.named_buffers()["next"].item<std::int64_t>(), 0);
  push(queue, 14, 1);
  EXPECT_TRUE(at::equal(queue.of_view(0).identities, integers({14, 11, 12, 13})));
}

TEST(KeyQueue, RefusesMoreKeysThanItHasPlaces) {
  KeyQueue queue(4, 1);
  EXPECT_EQ(message_of<UsageError>([&] { push(queue, 0, 5); }),
            "the queue of keys must be as long as a batch at least: queue of 4, batch of 5");
}

}  // namespace
}  // namespace inflow
