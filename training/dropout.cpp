#include "inflow/training/dropout.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>

#include "inflow/ops/random.hpp"

namespace inflow {
namespace {

// An engine of LibTorch for one mask, which fills large tensors faster than a draw a value would.
at::Generator engine_at(const std::int64_t* address) {
  Rng rng({.seed = static_cast<std::uint64_t>(address[0]),
           .index = static_cast<std::uint64_t>(address[1]),
           .epoch = static_cast<std::uint32_t>(address[2])},
          Stream::dropout);
  const std::uint64_t high = rng();
  return at::detail::createCPUGenerator(high << 32U | rng());
}

}  // namespace

void DropoutImpl::reset() {
  address_ = register_buffer("address", at::zeros({3}, at::TensorOptions(at::kLong)));
}

void DropoutImpl::reset_address(std::uint64_t seed, std::uint64_t position) {
  auto* address = address_.mutable_data_ptr<std::int64_t>();
  address[0] = static_cast<std::int64_t>(seed);
  address[1] = static_cast<std::int64_t>(position);
  address[2] = 0;
}

at::Tensor DropoutImpl::forward(const at::Tensor& values) {
  if (!is_training() || share_ == 0) return values;
  auto* address = address_.mutable_data_ptr<std::int64_t>();
  at::Tensor mask = at::empty_like(values, at::TensorOptions().requires_grad(false));
  mask.bernoulli_(1 - share_, engine_at(address)).div_(1 - share_);
  ++address[2];
  return values * mask;
}

}  // namespace inflow
