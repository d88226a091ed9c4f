#include "inflow/contrastive/detail/key_queue.hpp"

#include <algorithm>
#include <string>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include "inflow/contrastive/detail/directions.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/ops/random.hpp"

namespace inflow {
namespace {

constexpr std::int64_t kNobody = -1;  // no sample's identity

}  // namespace

KeyQueue::KeyQueue(std::int64_t length, std::int64_t dimensions)
    : keys_(register_buffer("keys", at::zeros({2, length, dimensions}, at::kFloat))),
      identities_(register_buffer("identities", at::full({length}, kNobody, at::kLong))),
      next_(register_buffer("next", at::zeros({1}, at::kLong))) {}

void KeyQueue::begin(std::uint64_t seed) {
  const at::NoGradGuard no_gradients;
  auto* value = keys_.mutable_data_ptr<float>();
  for (std::int64_t view = 0; view < keys_.size(0); ++view) {
    for (std::int64_t place = 0; place < keys_.size(1); ++place) {
      Rng rng({.seed = seed,
               .index = static_cast<std::uint64_t>(place),
               .view = static_cast<std::uint16_t>(view)},
              Stream::queue);
      for (std::int64_t at = 0; at < keys_.size(2); ++at)
        *value++ = static_cast<float>(rng.normal());
    }
    keys_[view].copy_(directions(keys_[view]));
  }
  identities_.fill_(kNobody);
  next_.zero_();
}

Negatives KeyQueue::of_view(std::int64_t view) const {
  return {.directions = keys_[view], .identities = identities_};
}

void KeyQueue::require_room(std::int64_t rows) const {
  if (rows <= identities_.size(0)) return;
  throw UsageError("the queue of keys must be as long as a batch at least: queue of " +
                   std::to_string(identities_.size(0)) + ", batch of " + std::to_string(rows));
}

void KeyQueue::push(const at::Tensor& keys, const at::Tensor& identities) {
  const std::int64_t count = identities.size(0);
  require_room(count);
  const at::NoGradGuard no_gradients;
  const auto start = next_.item<std::int64_t>();
  const std::int64_t before_end = std::min(count, identities_.size(0) - start);
  const auto put = [&](std::int64_t place, std::int64_t from, std::int64_t rows) {
    keys_.narrow(1, place, rows).copy_(keys.narrow(1, from, rows));
    identities_.narrow(0, place, rows).copy_(identities.narrow(0, from, rows));
  };
  put(start, 0, before_end);
  put(0, before_end, count - before_end);
  next_.fill_((start + count) % identities_.size(0));
}

}  // namespace inflow
