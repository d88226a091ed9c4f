#pragma once

#include <cstdint>

#include <torch/nn/module.h>

#include "inflow/contrastive/losses/info_nce.hpp"

namespace inflow {

// The newest keys of each of two views, with the identities they show. New ones take the places of
// the oldest, around a ring, so that a batch may have any number of rows up to the length. All of
// it is buffers, which checkpoints hold:
//   keys        2 x length x dimensions float32, of length one
//   identities  int64, of each place, the same for both views
//   next        int64, the place of the next key
class KeyQueue : public torch::nn::Module {
 public:
  KeyQueue(std::int64_t length, std::int64_t dimensions);

  // Fills it with random directions that the seed draws, of no identity.
  void begin(std::uint64_t seed);

  // What it holds of a view, 0 or 1, in the same memory.
  Negatives of_view(std::int64_t view) const;

  // Throws UsageError for batches of more rows than the queue is long.
  void require_room(std::int64_t rows) const;

  // Takes in directions 2 x N x dimensions and their identities, N at most the length.
  void push(const at::Tensor& keys, const at::Tensor& identities);

 private:
  at::Tensor keys_;
  at::Tensor identities_;
  at::Tensor next_;
};

}  // namespace inflow
