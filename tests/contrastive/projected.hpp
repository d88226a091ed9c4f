#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <torch/nn/module.h>
#include <torch/nn/modules/container/sequential.h>

#include "inflow/training/encoder.hpp"

namespace inflow::support {

// What a pair of submodules `encoder` and `projector` makes of images, without a gradient.
inline at::Tensor projected(torch::nn::Module& pair, const at::Tensor& images) {
  const at::NoGradGuard no_gradients;
  auto& encoder = dynamic_cast<Encoder&>(*pair.named_children()["encoder"]);
  auto& projector = *pair.named_children()["projector"]->as<torch::nn::SequentialImpl>();
  return projector.forward(encoder.forward(images));
}

}  // namespace inflow::support
