#pragma once

#include <cstdint>

#include <torch/nn/cloneable.h>
#include <torch/nn/pimpl.h>

namespace inflow {

// Sets a share of all values to zero in training and scales the others so that means stay. Unlike
// LibTorch's, the values of pass n are a function of (seed, position, n), which a buffer holds and
// so a checkpoint does: a run that is resumed drops what it would have dropped.
class DropoutImpl : public torch::nn::Cloneable<DropoutImpl> {
 public:
  explicit DropoutImpl(double share) : share_(share) { DropoutImpl::reset(); }

  // Begins anew with pass 0 of seed 0 and position 0.
  void reset() override;

  // Begins anew, at position `position` among the dropouts of a model.
  void reset_address(std::uint64_t seed, std::uint64_t position);

  at::Tensor forward(const at::Tensor& values);

 private:
  double share_;
  at::Tensor address_;  // int64: seed, position, pass
};
TORCH_MODULE(Dropout);

}  // namespace inflow
